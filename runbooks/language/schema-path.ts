import type { Json, JsonObject } from '../../domain/json.ts';

/** Whether a path leads somewhere in a JSON Schema, whatever alternative of it applies. */
export function hasPath(schema: Json | undefined, path: readonly string[]): boolean {
  if (!isObject(schema)) return false;
  const [key, ...rest] = path;
  if (key === undefined) return true;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives)) return alternatives.some((alternative) => hasPath(alternative, path));
  const property = isObject(schema.properties) ? schema.properties[key] : undefined;
  if (property !== undefined) return hasPath(property, rest);
  if (/^\d+$/.test(key) && isObject(schema.items)) return hasPath(schema.items, rest);
  return isObject(schema.additionalProperties) && hasPath(schema.additionalProperties, rest);
}

/** Fields that stand at a level, for the message about one that does not. */
export function fieldsAt(schema: Json | undefined, path: readonly string[]): readonly string[] {
  if (!isObject(schema)) return [];
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(alternatives)) return alternatives.flatMap((alternative) => fieldsAt(alternative, path));
  const properties = isObject(schema.properties) ? schema.properties : {};
  const [key, ...rest] = path;
  return key === undefined ? Object.keys(properties) : fieldsAt(properties[key], rest);
}

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
