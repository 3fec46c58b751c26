import { noSuchKey, notImplemented, preconditionFailed, S3Error } from './s3-error.ts';

/** Conditions a request makes, as header values. */
export interface Precondition {
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

const isEtag = (condition: string, etag: string): boolean =>
  condition === '*' || condition.split(',').some((one) => one.trim().replace(/^"(.*)"$/, '$1') === etag);

/**
 * What a conditional write or delete finds. S3 knows `If-None-Match: *` (create only) and `If-Match: <etag>` (replace
 * exactly that); an object that is not there cannot match.
 * @param etag of the object now, without quotes; `null` when there is none.
 * @throws S3Error when the condition does not hold.
 */
export function requireForWrite(condition: Precondition, key: string, etag: string | null): void {
  if (condition.ifNoneMatch !== undefined && condition.ifNoneMatch !== '*') throw notImplemented('If-None-Match');
  if (condition.ifNoneMatch === '*' && etag !== null) throw preconditionFailed('If-None-Match');
  if (condition.ifMatch === undefined) return;
  if (etag === null) throw noSuchKey(key);
  if (!isEtag(condition.ifMatch, etag)) throw preconditionFailed('If-Match');
}

/** What a conditional read finds; 304 says that the reader has it already. */
export function requireForRead(condition: Precondition, etag: string): void {
  if (condition.ifMatch !== undefined && !isEtag(condition.ifMatch, etag)) throw preconditionFailed('If-Match');
  if (condition.ifNoneMatch !== undefined && isEtag(condition.ifNoneMatch, etag)) {
    throw new S3Error(304, 'NotModified', 'Not Modified');
  }
}
