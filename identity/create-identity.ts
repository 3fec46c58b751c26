import { generateKeyPairSync } from 'node:crypto';
import { access, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LifeboatError } from '../domain/errors.ts';
import { keyIdOf, publicKeyLine } from './public-key.ts';

export interface CreatedIdentity {
  /** PKCS #8 PEM, readable by its owner only. Never leaves the machine. */
  readonly privateKeyPath: string;
  /** SPKI PEM, for whoever verifies with openssl. */
  readonly publicKeyPath: string;
  /** The line that goes under `people` in the configuration: SPKI DER in base64. */
  readonly publicKey: string;
  readonly keyId: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;

/**
 * Makes an Ed25519 key pair as `<folder>/<name>.key.pem` (mode 0600) and `<folder>/<name>.public.pem`.
 * @throws LifeboatError DR_IDENTITY_EXISTS, and nothing is overwritten; DR_USAGE for a name that is no file name.
 */
export async function createIdentity(name: string, folder: string): Promise<CreatedIdentity> {
  if (!NAME.test(name)) {
    throw new LifeboatError('DR_USAGE', `'${name}' cannot name a key: letters, digits and . _ @ - (at most 64)`, {
      field: 'name',
      actual: name,
      remedy: 'lifeboat identity new NAME',
    });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const privateKeyPath = join(folder, `${name}.key.pem`);
  const publicKeyPath = join(folder, `${name}.public.pem`);
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  if (await exists(publicKeyPath)) throw alreadyThere(name, publicKeyPath);
  await createFile(name, privateKeyPath, privateKey.export({ format: 'pem', type: 'pkcs8' }), 0o600);
  try {
    await createFile(name, publicKeyPath, publicKey.export({ format: 'pem', type: 'spki' }), 0o644);
  } catch (caught) {
    await rm(privateKeyPath, { force: true });
    throw caught;
  }
  return { privateKeyPath, publicKeyPath, publicKey: publicKeyLine(publicKey), keyId: keyIdOf(publicKey) };
}

async function createFile(name: string, path: string, content: string | Buffer, mode: number): Promise<void> {
  try {
    const file = await open(path, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (caught) {
    throw (caught as NodeJS.ErrnoException).code === 'EEXIST' ? alreadyThere(name, path) : caught;
  }
}

const alreadyThere = (name: string, path: string): LifeboatError =>
  new LifeboatError('DR_IDENTITY_EXISTS', `a key named '${name}' exists: ${path}`, { field: 'name', actual: name });

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
