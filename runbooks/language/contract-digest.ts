import { z } from 'zod';
import type { Json } from '../../domain/json.ts';
import type { AnyAction } from './action.ts';
import { canonicalDigest } from './digest.ts';

/** Contracts are frozen constants and their JSON Schemas take milliseconds each: computed once. */
const schemas = new WeakMap<AnyAction, Json>();
const digests = new WeakMap<AnyAction, string>();

/** JSON Schema of what an action gives: where reference paths are looked up. */
export function outputSchema(action: AnyAction): Json {
  const known = schemas.get(action);
  if (known !== undefined) return known;
  const schema = z.toJSONSchema(action.output) as unknown as Json;
  schemas.set(action, schema);
  return schema;
}

/** Digest of what a verb means: its schemas and everything the contract says about it. */
export function contractDigest(action: AnyAction): string {
  const known = digests.get(action);
  if (known !== undefined) return known;
  const { input, output: _, ...metadata } = action;
  const digest = canonicalDigest({
    ...(metadata as unknown as Readonly<Record<string, Json>>),
    input: z.toJSONSchema(input, { io: 'input' }) as unknown as Json,
    output: outputSchema(action),
  });
  digests.set(action, digest);
  return digest;
}
