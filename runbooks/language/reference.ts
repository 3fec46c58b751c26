import type { Json } from '../../domain/json.ts';
import type { Reference } from '../../domain/plan.ts';

declare const value: unique symbol;

/**
 * Stands for a value that a step will give, or that the execution has. Covariant: a `Ref<'a'>` goes wherever a
 * `Ref<string>` may. `Missing` is `undefined` where the step may end without an output, so that such a reference does not
 * compile into a required field.
 */
export type Ref<T, Missing = never> = { readonly [value]: () => T | Missing } & (T extends
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly unknown[]
  ? unknown
  : { readonly [Key in keyof T]-?: Ref<T[Key], Missing> });

/** A `T` in which any part may be a reference instead. */
export type Refable<T> =
  | T
  | Ref<T>
  | (T extends readonly (infer Item)[]
      ? readonly Refable<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: Refable<T[Key]> }
        : never);

/** Source name of what the execution itself gives: `['$execution', 'id']`. */
export const EXECUTION = '$execution';

const paths = new WeakMap<object, Reference['$ref']>();

/** A reference whose every property is a reference one level deeper. */
export function makeReference<T, Missing = never>(...path: Reference['$ref']): Ref<T, Missing> {
  const target = Object.freeze({});
  const reference = new Proxy(target, {
    get: (_, key) => (typeof key === 'string' ? makeReference(...path, key) : undefined),
  });
  paths.set(reference, path);
  return reference as Ref<T, Missing>;
}

/** The reference as data, or `null` when the value is none. */
export function referenceOf(candidate: unknown): Reference | null {
  const path = typeof candidate === 'object' && candidate !== null ? paths.get(candidate) : undefined;
  return path ? { $ref: path } : null;
}

export const isReferenceData = (json: Json | undefined): json is Json & Reference =>
  typeof json === 'object' && json !== null && !Array.isArray(json) && '$ref' in json;

/** Every reference inside an input, each with where it stands. */
export function referencesIn(
  json: Json | undefined,
  at: readonly string[] = [],
): readonly { readonly reference: Reference; readonly at: string }[] {
  if (isReferenceData(json)) return [{ reference: json, at: at.join('.') }];
  if (typeof json !== 'object' || json === null) return [];
  return Object.entries(json).flatMap(([key, inner]) => referencesIn(inner as Json | undefined, [...at, key]));
}
