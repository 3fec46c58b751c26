import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LifeboatError } from '../domain/errors.ts';

const KEY_FILE = /\.key\.pem$/;

/**
 * The only private key in the folder where `identity new` keeps them.
 * @throws LifeboatError DR_IDENTITY_MISSING when there is none, or when several leave open who signs.
 */
export async function findIdentityPath(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const keys = names.filter((name) => KEY_FILE.test(name)).sort();
  if (keys.length === 1) return join(folder, keys[0]!);
  if (keys.length === 0) {
    throw new LifeboatError('DR_IDENTITY_MISSING', `no private key lies in '${folder}' and none was named`, {
      field: 'identity',
      expected: '--identity PATH or LIFEBOAT_IDENTITY',
      remedy: 'lifeboat identity new NAME, then have its public half added under people.',
    });
  }
  throw new LifeboatError(
    'DR_IDENTITY_MISSING',
    `${keys.length} private keys lie in '${folder}': say which one signs`,
    {
      field: 'identity',
      expected: 'one named by --identity PATH or LIFEBOAT_IDENTITY',
      actual: keys,
      remedy: `--identity ${join(folder, keys[0]!)}`,
    },
  );
}
