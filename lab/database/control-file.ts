import { readFile } from 'node:fs/promises';
import path from 'node:path';

const STATE_OFFSET = 16;
const CHECKPOINT_OFFSET = 32;
const SHUT_DOWN = 1;

interface ControlFile {
  /** The cluster was shut down in order as a primary: its last record is the checkpoint. */
  readonly shutDown: boolean;
  /** Where its last checkpoint begins, as PostgreSQL writes it: `0/1A2B3C4`. */
  readonly checkpoint: string;
}

/** Reads what a cluster that does not run says of itself (`pg_controldata` is not among the binaries). */
export async function readControlFile(dataDirectory: string): Promise<ControlFile> {
  const bytes = await readFile(path.join(dataDirectory, 'global', 'pg_control'));
  const checkpoint = bytes.readBigUInt64LE(CHECKPOINT_OFFSET);
  const hex = (half: bigint): string => half.toString(16).toUpperCase();
  return {
    shutDown: bytes.readUInt32LE(STATE_OFFSET) === SHUT_DOWN,
    checkpoint: `${hex(checkpoint >> 32n)}/${hex(checkpoint & 0xffffffffn)}`,
  };
}
