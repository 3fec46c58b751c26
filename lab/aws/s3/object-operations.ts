import { CHECKSUM_PREFIX, verifyChecksums } from './checksum.ts';
import { listObjects } from './list-objects.ts';
import type { ObjectAddress } from './object-address.ts';
import type { ObjectFolder, StoredObject } from './object-folder.ts';
import { type Precondition, requireForRead } from './precondition.ts';
import type { RequestBody } from './request-body.ts';
import { noSuchKey, notImplemented, S3Error } from './s3-error.ts';

export interface ObjectRequest {
  readonly address: ObjectAddress;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: RequestBody;
}

export interface ObjectResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

export interface ObjectOperation {
  readonly name: string;
  readonly mutating: boolean;
  handle(folder: ObjectFolder, request: ObjectRequest): ObjectResponse;
}

const precondition = (headers: Readonly<Record<string, string>>): Precondition => ({
  ...(headers['if-match'] === undefined ? {} : { ifMatch: headers['if-match'] }),
  ...(headers['if-none-match'] === undefined ? {} : { ifNoneMatch: headers['if-none-match'] }),
});

/** Headers that change what a write means and that the lab does not honour: refusing beats pretending. */
const REFUSED_ON_WRITE = /^x-amz-(copy-source|server-side-encryption|object-lock|tagging|website-redirect|acl|grant)/;

function putObject(folder: ObjectFolder, { address, headers, body }: ObjectRequest): ObjectResponse {
  const unknown = Object.keys(headers).find((name) => REFUSED_ON_WRITE.test(name));
  if (unknown) throw notImplemented(unknown);
  const checksums = verifyChecksums(body.bytes, { ...headers, ...body.trailers });
  const kept = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-') || name === 'content-type');
  const written = folder.write(
    address.key,
    body.bytes,
    { ...Object.fromEntries(kept), ...checksums },
    precondition(headers),
  );
  return { status: 200, headers: { etag: `"${written.etag}"`, ...checksums }, body: '' };
}

function headersOf(object: StoredObject, withChecksums: boolean): Record<string, string> {
  const kept = Object.entries(object.headers).filter(([name]) => withChecksums || !name.startsWith(CHECKSUM_PREFIX));
  return {
    'content-type': 'binary/octet-stream',
    ...Object.fromEntries(kept),
    etag: `"${object.etag}"`,
    'last-modified': new Date(object.lastModified).toUTCString(),
    'content-length': String(object.bytes.length),
    'accept-ranges': 'bytes',
  };
}

function readObject(folder: ObjectFolder, { address, headers }: ObjectRequest): ObjectResponse {
  if (headers['range'] !== undefined) throw notImplemented('Range');
  const object = folder.read(address.key);
  if (!object) throw noSuchKey(address.key);
  requireForRead(precondition(headers), object.etag);
  const withChecksums = headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED';
  return { status: 200, headers: headersOf(object, withChecksums), body: object.bytes };
}

function deleteObject(folder: ObjectFolder, { address, headers }: ObjectRequest): ObjectResponse {
  folder.delete(address.key, precondition(headers));
  return { status: 204, headers: {}, body: '' };
}

function listBucket(folder: ObjectFolder, { address, query }: ObjectRequest): ObjectResponse {
  const xml = listObjects(address.bucket, folder.list(), query);
  return { status: 200, headers: { 'content-type': 'application/xml' }, body: xml };
}

const OF_OBJECT: Readonly<Record<string, ObjectOperation>> = {
  PUT: { name: 'PutObject', mutating: true, handle: putObject },
  GET: { name: 'GetObject', mutating: false, handle: readObject },
  HEAD: { name: 'HeadObject', mutating: false, handle: readObject },
  DELETE: { name: 'DeleteObject', mutating: true, handle: deleteObject },
};
const OF_BUCKET: Readonly<Record<string, ObjectOperation>> = {
  GET: { name: 'ListObjectsV2', mutating: false, handle: listBucket },
  HEAD: { name: 'HeadBucket', mutating: false, handle: () => ({ status: 200, headers: {}, body: '' }) },
};
/** Query parameters these operations understand; any other names a subresource (`?acl`, `?uploads`, …). */
const KNOWN_PARAMETERS = new Set([
  'x-id',
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
]);

/** What a request asks for; what the lab has not got is a stand-in whose handler refuses. */
export function operationOf(method: string, address: ObjectAddress, query: URLSearchParams): ObjectOperation {
  const operation = (address.key === '' ? OF_BUCKET : OF_OBJECT)[method];
  const subresource = [...query.keys()].find((name) => !KNOWN_PARAMETERS.has(name));
  if (operation && subresource === undefined) return operation;
  const name = subresource === undefined ? method : `${method} ?${subresource}`;
  return {
    name,
    mutating: method !== 'GET' && method !== 'HEAD',
    handle: () => {
      if (subresource !== undefined) throw notImplemented(`?${subresource}`);
      throw new S3Error(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
    },
  };
}
