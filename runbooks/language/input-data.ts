import type { Json } from '../../domain/json.ts';
import { referenceOf } from './reference.ts';

/**
 * An input as data: references become `{ $ref: path }`, absent fields are left out.
 * @throws TypeError naming the field when a value would not survive JSON.
 */
export function inputData(input: unknown, at = 'input'): Json {
  const reference = referenceOf(input);
  if (reference) return { $ref: reference.$ref };
  switch (typeof input) {
    case 'string':
    case 'boolean':
      return input;
    case 'number':
      if (Number.isFinite(input)) return input;
      break;
    case 'object':
      if (input === null) return null;
      if (Array.isArray(input)) return input.map((item, index) => inputData(item, `${at}.${index}`));
      if (isPlain(input)) {
        if ('$ref' in input) throw new TypeError(`${at} has a field $ref, which is kept for references`);
        const entries = Object.entries(input).filter(([, inner]) => inner !== undefined);
        return Object.fromEntries(entries.map(([key, inner]) => [key, inputData(inner, `${at}.${key}`)]));
      }
  }
  throw new TypeError(`${at} must be plain JSON or a reference, but is ${String(input)}`);
}

function isPlain(input: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(input);
  return prototype === Object.prototype || prototype === null;
}
