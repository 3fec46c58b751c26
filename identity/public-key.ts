import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { strictBase64 } from './dsse.ts';

/** SHA-256 of the SPKI DER, hex: names a key without being one. */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256').update(spkiOf(publicKey)).digest('hex');
}

/** The public half as the configuration holds it: SPKI DER in base64, one line. */
export const publicKeyLine = (publicKey: KeyObject): string => spkiOf(publicKey).toString('base64');

/** `null` when the line is no Ed25519 public key. */
export function parsePublicKeyLine(line: string): KeyObject | null {
  const der = strictBase64(line);
  if (!der) return null;
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    return null;
  }
}

const spkiOf = (publicKey: KeyObject): Buffer => publicKey.export({ format: 'der', type: 'spki' });
