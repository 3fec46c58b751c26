import canonicalizeModule from 'canonicalize';
import type { Json } from '../domain/json.ts';

// The package is CommonJS whose declarations claim an ES module: at run time its default import is the function.
const canonicalize = canonicalizeModule as unknown as (value: unknown) => string | undefined;

/** RFC 8785 JSON, UTF-8: equal values have equal bytes, so they can be stored and compared by digest. */
export function canonicalJson(value: Json): Buffer {
  return Buffer.from(canonicalize(value)!);
}
