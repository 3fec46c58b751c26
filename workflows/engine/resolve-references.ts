import type { Json } from '../../domain/json.ts';
import type { Reference } from '../../domain/plan.ts';

const isReference = (value: unknown): value is Reference =>
  typeof value === 'object' && value !== null && Array.isArray((value as { $ref?: unknown }).$ref);

/** The referenced value; `undefined` when its step gave no output or the path leads nowhere. */
export function readReference(reference: Reference, outputs: ReadonlyMap<string, Json>): Json | undefined {
  const [source, ...path] = reference.$ref;
  let value: Json | undefined = outputs.get(source);
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    // Own fields only, and of arrays their items: a path must not lead into prototypes.
    if (!Object.hasOwn(value, key) || (Array.isArray(value) && key === 'length')) return undefined;
    value = (value as { readonly [key: string]: Json | undefined })[key];
  }
  return value;
}

/** Replaces every reference in an input by what it stands for; what cannot be resolved is left out. */
export function resolveReferences(input: Json, outputs: ReadonlyMap<string, Json>): Json {
  if (isReference(input)) return readReference(input, outputs) ?? null;
  if (Array.isArray(input)) return input.map((item: Json) => resolveReferences(item, outputs));
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(
    Object.entries(input).flatMap(([key, value]) => {
      const found = isReference(value) ? readReference(value, outputs) : value && resolveReferences(value, outputs);
      return found === undefined ? [] : [[key, found]];
    }),
  );
}

/** Steps that an input reads and that gave no output: why it cannot be predicted. */
export function missingSources(input: Json, outputs: ReadonlyMap<string, Json>): readonly string[] {
  const missing = new Set<string>();
  const visit = (value: Json | undefined): void => {
    if (isReference(value)) {
      if (!outputs.has(value.$ref[0])) missing.add(value.$ref[0]);
    } else if (Array.isArray(value)) value.forEach(visit);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(input);
  return [...missing];
}
