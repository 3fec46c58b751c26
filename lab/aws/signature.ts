/** What a Signature Version 4 header says. The twin checks presence and form, not the secret: nobody has one here. */
export interface Signature {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

const HEADER =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9]+)\/aws4_request, ?SignedHeaders=[a-z0-9;-]+, ?Signature=[0-9a-f]{64}$/;

/** `null` when the request carries no signature or a malformed one. */
export function signatureOf(authorization: string | undefined): Signature | null {
  const match = HEADER.exec(authorization ?? '');
  return match ? { accessKeyId: match[1]!, region: match[2]!, service: match[3]! } : null;
}
