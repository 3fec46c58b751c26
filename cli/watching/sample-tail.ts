import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Configuration, Service } from '../../domain/service.ts';
import type { WatchSample } from '../../domain/watch-sample.ts';

const CHUNK_BYTES = 256 * 1_024;
/** Four days of one sample a second: who was down longer does not need the minute. */
const MOST_BYTES = 64 * 1_024 * 1_024;

/** The newest samples of every vantage of a service, back to its last acknowledged booking. A missing file gives none. */
export async function readSampleTails(
  configuration: Configuration,
  service: Service,
): Promise<ReadonlyMap<string, readonly WatchSample[]>> {
  const tails = await Promise.all(
    service.watch.vantages.map(async ({ id }) => {
      const path = join(configuration.control.watch, service.name, `${id}.jsonl`);
      return [id, await readTail(path)] as const;
    }),
  );
  return new Map(tails);
}

/** Reads a journal from its end until it has met an acknowledged booking. Lines cut short by a crash are left out. */
export async function readTail(path: string): Promise<readonly WatchSample[]> {
  const file = await open(path, 'r').catch((caught: NodeJS.ErrnoException) => {
    if (caught.code === 'ENOENT') return null;
    throw caught;
  });
  if (file === null) return [];
  try {
    let { size: from } = await file.stat();
    const chunks: Buffer[] = [];
    let read = 0;
    while (from > 0 && read < MOST_BYTES) {
      const length = Math.min(CHUNK_BYTES, from);
      from -= length;
      read += length;
      const chunk = Buffer.alloc(length);
      const { bytesRead } = await file.read(chunk, 0, length, from);
      chunks.unshift(chunk.subarray(0, bytesRead));
      if (chunk.includes('"acknowledged"')) break;
    }
    const text = Buffer.concat(chunks).toString('utf8');
    const lines = text.split('\n');
    if (from > 0) lines.shift();
    return lines.map(parseSample).filter((sample) => sample !== null);
  } finally {
    await file.close();
  }
}

function parseSample(line: string): WatchSample | null {
  if (line === '') return null;
  try {
    const sample = JSON.parse(line) as Partial<WatchSample>;
    const whole =
      typeof sample.at === 'number' && typeof sample.doneAt === 'number' && typeof sample.outcome === 'string';
    return whole ? (sample as WatchSample) : null;
  } catch {
    return null;
  }
}
