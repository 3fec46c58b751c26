import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createIdentity } from '../../../identity/create-identity.ts';
import { verifyLedger } from '../../../ledger/verify-ledger.ts';
import { temporaryFolder } from '../configuration/valid-configuration.ts';

// Two processes that compile their sources first, and a hundred entries that are on disk before the next begins.
it('keeps one gapless chain while two processes append 50 entries each', { timeout: 180_000 }, async () => {
  const folder = await temporaryFolder();
  const key = await createIdentity('ledger', join(folder, 'keys'));
  const run = (writer: string) =>
    promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      join(import.meta.dirname, 'append-many.ts'),
      join(folder, 'evidence'),
      key.privateKeyPath,
      writer,
      '50',
    ]);
  await Promise.all([run('one'), run('two')]);
  const verdict = await verifyLedger(join(folder, 'evidence'), await readFile(key.publicKeyPath, 'utf8'));
  expect(verdict).toMatchObject({ entries: 100, executions: 100, problems: [], last: { sequence: 100 } });
});
