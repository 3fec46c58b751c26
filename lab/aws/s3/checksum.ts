import { createHash } from 'node:crypto';
import { crc32, crc32c, crc64nvme } from './cyclic-redundancy.ts';
import { badDigest, S3Error } from './s3-error.ts';

const hash = (algorithm: string) => (bytes: Uint8Array) => createHash(algorithm).update(bytes).digest();

const ALGORITHMS: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  crc32,
  crc32c,
  crc64nvme,
  sha1: hash('sha1'),
  sha256: hash('sha256'),
};

export const CHECKSUM_PREFIX = 'x-amz-checksum-';

export const md5Hex = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/**
 * Holds the body against every digest the client sent, as header or trailer.
 * @param sent header names in lower case.
 * @returns the `x-amz-checksum-*` headers to keep with the object.
 * @throws S3Error `BadDigest`, `XAmzContentSHA256Mismatch`, or `InvalidRequest` for an unknown algorithm.
 */
export function verifyChecksums(body: Uint8Array, sent: Readonly<Record<string, string>>): Record<string, string> {
  const md5 = sent['content-md5'];
  if (md5 !== undefined && md5 !== Buffer.from(md5Hex(body), 'hex').toString('base64')) {
    throw badDigest('Content-MD5');
  }
  const payload = sent['x-amz-content-sha256'];
  if (payload !== undefined && /^[0-9a-f]{64}$/.test(payload) && payload !== hash('sha256')(body).toString('hex')) {
    throw new S3Error(
      400,
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  const kept: Record<string, string> = {};
  for (const [header, value] of Object.entries(sent)) {
    const name = header.startsWith(CHECKSUM_PREFIX) ? header.slice(CHECKSUM_PREFIX.length) : null;
    if (name === null || name === 'type' || name === 'mode' || name === 'algorithm') continue;
    const algorithm = ALGORITHMS[name];
    if (!algorithm) throw new S3Error(400, 'InvalidRequest', `Value for ${header} header is invalid.`);
    if (algorithm(body).toString('base64') !== value) throw badDigest(name.toUpperCase());
    kept[header] = value;
  }
  return kept;
}
