import { type KeyObject, sign, verify } from 'node:crypto';

/** A DSSE envelope with exactly one signature: https://github.com/secure-systems-lab/dsse/blob/v1.0.2/envelope.md */
export interface Envelope {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[];
}

/** The bytes that are signed: `DSSEv1 LEN(type) type LEN(body) body`, lengths in bytes, so that type and body cannot be confused. */
export function preAuthenticationEncoding(payloadType: string, body: Uint8Array): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${body.byteLength} `;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Signs the body as it is. `payload` and `sig` are standard base64 with padding. */
export function signEnvelope(payloadType: string, body: Uint8Array, privateKey: KeyObject, keyId: string): Envelope {
  const signature = sign(null, preAuthenticationEncoding(payloadType, body), privateKey);
  return {
    payload: Buffer.from(body).toString('base64'),
    payloadType,
    signatures: [{ keyid: keyId, sig: signature.toString('base64') }],
  };
}

/** Whether the envelope's one signature is that key's over these bytes and this type. */
export function signatureFits(envelope: Envelope, publicKey: KeyObject): boolean {
  const [only, ...others] = envelope.signatures;
  const body = strictBase64(envelope.payload);
  const signature = only && strictBase64(only.sig);
  if (!body || !signature || others.length > 0) return false;
  return verify(null, preAuthenticationEncoding(envelope.payloadType, body), publicKey, signature);
}

/** Bytes of a base64 text, `null` unless it is the one way to write them: Node's own decoder skips what it does not know. */
export function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}
