import type { Json } from '../../domain/json.ts';

/** Reads a field of an output whose shape this program does not own; absent and of another type are both `null`. */
export function textField(json: Json | undefined, name: string): string | null {
  const value = fieldOf(json, name);
  return typeof value === 'string' ? value : null;
}

export function numberField(json: Json | undefined, name: string): number | null {
  const value = fieldOf(json, name);
  return typeof value === 'number' ? value : null;
}

export function booleanField(json: Json | undefined, name: string): boolean | null {
  const value = fieldOf(json, name);
  return typeof value === 'boolean' ? value : null;
}

export function listField(json: Json | undefined, name: string): readonly Json[] {
  const value = fieldOf(json, name);
  return Array.isArray(value) ? value : [];
}

/** The texts in a list field. */
export const textsField = (json: Json | undefined, name: string): readonly string[] =>
  listField(json, name).filter((item) => typeof item === 'string');

export function fieldOf(json: Json | undefined, name: string): Json | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  return (json as { readonly [key: string]: Json | undefined })[name];
}
