import { S3Error } from './s3-error.ts';

const MOST_KEY_BYTES = 1_024;

/** What a path-style request line names. */
export interface ObjectAddress {
  readonly bucket: string;
  /** Empty when the request is about the bucket itself. */
  readonly key: string;
}

const cannotParse = (): S3Error => new S3Error(400, 'InvalidURI', "Couldn't parse the specified URI.");

/**
 * `/bucket/some/key` → bucket and key, decoded once. The raw path is used on purpose: a URL parser would resolve `..`
 * before anybody could refuse it.
 * @throws S3Error `InvalidURI` for anything that would climb, `KeyTooLongError` beyond S3's limit.
 */
export function objectAddress(rawPath: string): ObjectAddress {
  const [bucketPart = '', ...keyParts] = rawPath.replace(/^\//, '').split('/');
  let bucket: string;
  let key: string;
  try {
    bucket = decodeURIComponent(bucketPart);
    key = decodeURIComponent(keyParts.join('/'));
  } catch {
    throw cannotParse();
  }
  const climbs = [bucket, ...key.split('/')].some((segment) => segment === '.' || segment === '..');
  if (climbs || key.includes('\0') || /[/\\\0]/.test(bucket)) throw cannotParse();
  if (Buffer.byteLength(key) > MOST_KEY_BYTES) throw new S3Error(400, 'KeyTooLongError', 'Your key is too long');
  return { bucket, key };
}
