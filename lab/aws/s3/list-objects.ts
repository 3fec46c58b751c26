import { XMLBuilder } from 'fast-xml-parser';
import type { StoredObject } from './object-folder.ts';
import { notImplemented, S3Error } from './s3-error.ts';

const MOST_KEYS = 1_000;
const builder = new XMLBuilder({ ignoreAttributes: false, attributeNamePrefix: '@' });

const tokenOf = (key: string): string => Buffer.from(key).toString('base64url');
const keyOfToken = (token: string): string => Buffer.from(token, 'base64url').toString();

/** An entry of the listing: an object, or a common prefix that stands for all below it. */
interface Entry {
  /** What it is sorted and continued by: every key it stands for is at most this. */
  readonly upTo: string;
  readonly object?: StoredObject;
  readonly prefix?: string;
}

function entriesOf(objects: readonly StoredObject[], prefix: string, delimiter: string): readonly Entry[] {
  const entries: Entry[] = [];
  for (const object of objects.filter(({ key }) => key.startsWith(prefix))) {
    const at = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
    const group = at < 0 ? null : object.key.slice(0, at + delimiter.length);
    const last = entries.at(-1);
    if (group === null) entries.push({ upTo: object.key, object });
    else if (last?.prefix === group) entries[entries.length - 1] = { upTo: object.key, prefix: group };
    else entries.push({ upTo: object.key, prefix: group });
  }
  return entries;
}

/** The answer to ListObjectsV2 as XML. `objects` come sorted. */
export function listObjects(bucket: string, objects: readonly StoredObject[], query: URLSearchParams): string {
  if (query.get('list-type') !== '2') throw notImplemented('list-type');
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const asked = Number(query.get('max-keys') ?? MOST_KEYS);
  if (!Number.isInteger(asked) || asked < 0) {
    throw new S3Error(400, 'InvalidArgument', 'Provided max-keys not an integer or within integer range');
  }
  const size = Math.min(asked, MOST_KEYS);
  const token = query.get('continuation-token');
  const after = Buffer.from(token === null ? (query.get('start-after') ?? '') : keyOfToken(token));
  const rest = objects.filter(({ key }) => Buffer.compare(Buffer.from(key), after) > 0);
  const entries = entriesOf(rest, prefix, delimiter);
  const page = entries.slice(0, size);
  const last = page.at(-1);
  const truncated = size > 0 && entries.length > size;
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    ListBucketResult: {
      '@xmlns': 'http://s3.amazonaws.com/doc/2006-03-01/',
      Name: bucket,
      Prefix: prefix,
      KeyCount: page.length,
      MaxKeys: size,
      ...(delimiter === '' ? {} : { Delimiter: delimiter }),
      ...(token === null ? {} : { ContinuationToken: token }),
      IsTruncated: truncated,
      ...(truncated && last ? { NextContinuationToken: tokenOf(last.upTo) } : {}),
      Contents: page.flatMap(({ object }) =>
        object
          ? [
              {
                Key: object.key,
                LastModified: object.lastModified,
                ETag: `"${object.etag}"`,
                Size: object.bytes.length,
                StorageClass: 'STANDARD',
              },
            ]
          : [],
      ),
      CommonPrefixes: page.flatMap((entry) => (entry.prefix === undefined ? [] : [{ Prefix: entry.prefix }])),
    },
  });
}
