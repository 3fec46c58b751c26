import { execFile, spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { filledLedger } from './a-ledger.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

async function documentedScript(): Promise<string> {
  const page = await readFile(join(import.meta.dirname, '../../../docs/ledger.md'), 'utf8');
  return /```sh\n([\s\S]*?)```/.exec(page)![1]!;
}

async function stranger() {
  const { folder, key } = await filledLedger();
  const publicKey = join(folder, 'ledger.public.pem');
  await writeFile(publicKey, key.publicKeyPem);
  const script = await documentedScript();
  const run = () =>
    promisify(execFile)('sh', ['-c', script], {
      cwd: folder,
      env: { PATH: process.env['PATH'], PUBLIC_KEY: publicKey },
    }).then(
      ({ stdout }) => ({ code: 0, says: stdout.trim() }),
      (failed: { code: number; stdout: string }) => ({ code: failed.code, says: failed.stdout.trim() }),
    );
  return { folder, run };
}

describe.skipIf(!hasOpenssl)('the script printed in docs/ledger.md, with nothing of Lifeboat', () => {
  it('verifies a ledger', async () => {
    const { run } = await stranger();
    expect(await run()).toEqual({ code: 0, says: '5 entries verified' });
  });

  it.each([
    ['a changed signature', 'ledger/000000000003.json', /(?<="sig":"..)./, 1, 'BAD SIGNATURE ledger/000000000003.json'],
    [
      'a changed payload',
      'ledger/000000000003.json',
      /(?<="payload":".{400})./,
      1,
      'BAD SIGNATURE ledger/000000000003.json',
    ],
    [
      'a changed key id, which the chain alone covers',
      'ledger/000000000003.json',
      /(?<="keyid":")./,
      1,
      'BROKEN CHAIN ledger/000000000004.json',
    ],
  ])('finds %s', async (_title, file, place, code, says) => {
    const { folder, run } = await stranger();
    const text = await readFile(join(folder, file), 'utf8');
    await writeFile(
      join(folder, file),
      text.replace(place, (character) => (character === 'A' || character === '0' ? '1' : '0')),
    );
    expect(await run()).toEqual({ code, says });
  });

  it('finds a missing entry and a missing artefact', async () => {
    const { folder, run } = await stranger();
    await rm(join(folder, 'ledger/000000000002.json'));
    expect(await run()).toEqual({ code: 2, says: 'MISSING before ledger/000000000003.json' });
    const other = await stranger();
    await rm(join(other.folder, 'artefacts'), { recursive: true });
    expect((await other.run()).code).toBe(2);
  });
});
