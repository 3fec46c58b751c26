import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';
import type { Json } from '../../domain/json.ts';

/** The package is CommonJS whose export is the function itself; its typings describe an ES module. */
const canonicalize = canonicalizeModule as unknown as (json: Json) => string;

/** `sha256:` and hex of the RFC 8785 JSON: the order of keys does not matter, everything else does. */
export function canonicalDigest(json: Json): string {
  return `sha256:${createHash('sha256').update(canonicalize(json), 'utf8').digest('hex')}`;
}
