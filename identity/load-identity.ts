import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { LifeboatError } from '../domain/errors.ts';
import { keyIdOf, publicKeyLine } from './public-key.ts';

/** A private key ready to sign, and what names it. */
export interface Identity {
  readonly privateKey: KeyObject;
  /** SPKI DER in base64, as it stands under `people`. */
  readonly publicKey: string;
  readonly keyId: string;
}

/**
 * Loads a person's private key (PKCS #8 PEM, Ed25519).
 * @throws LifeboatError DR_IDENTITY_MISSING when it is not there, not such a key, or readable by others.
 */
export async function loadIdentity(path: string): Promise<Identity> {
  const mode = await stat(path).then(
    (found) => found.mode & 0o777,
    () => null,
  );
  if (mode !== null && (mode & 0o077) !== 0) {
    const found = `0${mode.toString(8)}`;
    throw new LifeboatError(
      'DR_IDENTITY_MISSING',
      `the private key '${path}' has mode ${found}, must be 0600: others can sign in your name`,
      {
        field: 'identity',
        actual: found,
        expected: '0600',
        remedy: `chmod 600 ${path}`,
      },
    );
  }
  return loadSigningKey(path);
}

/**
 * Loads any Ed25519 private key: the ledger's own may be mounted with a group that reads it.
 * @throws LifeboatError DR_IDENTITY_MISSING when it is not there or not such a key.
 */
export async function loadSigningKey(path: string): Promise<Identity> {
  const pem = await readFile(path, 'utf8').catch((caught: NodeJS.ErrnoException) => {
    throw missing(path, `cannot be read (${caught.code ?? 'unreadable'})`);
  });
  const privateKey = parsePrivateKey(pem);
  if (!privateKey) throw missing(path, 'is not an Ed25519 private key in PKCS #8 PEM');
  const publicKey = createPublicKey(privateKey);
  return { privateKey, publicKey: publicKeyLine(publicKey), keyId: keyIdOf(publicKey) };
}

function parsePrivateKey(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

const missing = (path: string, found: string): LifeboatError =>
  new LifeboatError('DR_IDENTITY_MISSING', `the private key '${path}' ${found}`, {
    field: 'identity',
    actual: path,
    expected: 'an Ed25519 private key in PKCS #8 PEM',
  });
