import { readFile } from 'node:fs/promises';
import { LifeboatError } from '../../domain/errors.ts';
import { type Checkpoint, verifyLedger } from '../../ledger/verify-ledger.ts';
import { renderLedgerVerdict } from '../screens/ledger-verdict.ts';
import type { Session } from '../session.ts';

export interface LedgerVerifyOptions {
  readonly key?: string;
  readonly since?: string;
}

const EXIT = { valid: 0, tampered: 1, incomplete: 2 } as const;

/** Verifies a ledger offline: folder and key are enough, and without them the configuration's are taken. */
export async function ledgerVerify(
  session: Session,
  folder: string | undefined,
  options: LedgerVerifyOptions,
): Promise<number> {
  const since = options.since === undefined ? undefined : checkpointOf(options.since);
  const control = folder === undefined || options.key === undefined ? (await session.configuration()).control : null;
  const place = folder ?? control!.evidence;
  const keyPath = options.key ?? control!.ledgerPublicKey;
  const verdict = await verifyLedger(place, await readKey(keyPath), since === undefined ? {} : { since });
  const tampered = verdict.problems.some((problem) => problem.kind === 'tampered');
  const word = tampered ? 'tampered' : verdict.problems.length > 0 ? 'incomplete' : 'valid';
  session.report.result(
    'ledger',
    { verdict: word, exitCode: EXIT[word], folder: place, key: keyPath, since: since ?? null, ...verdict },
    (style) => renderLedgerVerdict({ word, folder: place, key: keyPath, ...(since ? { since } : {}), verdict }, style),
  );
  return EXIT[word];
}

async function readKey(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (caught) {
    const reason = (caught as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new LifeboatError('DR_USAGE', `the public key '${path}' cannot be read (${reason})`, {
      field: '--key',
      expected: 'a file with an Ed25519 public key in SPKI PEM',
      actual: path,
      remedy: '--key ledger.public.pem',
    });
  }
}

/** `318:9f31…`: the entry's number, leading zeros or not, and the SHA-256 that an earlier verification printed. */
function checkpointOf(text: string): Checkpoint {
  const found = /^0*(\d{1,12}):(?:sha256:)?([0-9a-f]{64})$/.exec(text);
  const sequence = Number(found?.[1] ?? 0);
  if (found && sequence > 0) return { sequence, digest: found[2]! };
  throw new LifeboatError('DR_USAGE', `--since '${text}' is not a checkpoint`, {
    field: '--since',
    expected: 'NUMBER:SHA256, as an earlier verification printed it',
    actual: text,
    remedy: 'Leave it out to verify from the first entry.',
  });
}
