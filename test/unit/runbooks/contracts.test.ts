import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Json } from '../../../domain/json.ts';
import type { AnyAction } from '../../../runbooks/language/action.ts';
import { contractDigest, outputSchema } from '../../../runbooks/language/contract-digest.ts';
import { hasPath } from '../../../runbooks/language/schema-path.ts';

const FOLDER = join(import.meta.dirname, '../../../runbooks/actions');

const isAction = (value: unknown): value is AnyAction =>
  typeof value === 'object' && value !== null && 'effect' in value && 'permissions' in value;

const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
const modules = await Promise.all(
  files.map(async (path) => ({ path, exports: (await import(join(FOLDER, path))) as Record<string, unknown> })),
);
const actions = modules.flatMap(({ path, exports }) =>
  Object.values(exports)
    .filter(isAction)
    .map((action) => ({ id: action.id, path, action })),
);

const kebab = (id: string): string =>
  `${id.replace('.', '/').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;

test('no two actions have one id', () => {
  expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length);
  expect(actions.length).toBeGreaterThan(0);
});

describe.each(actions)('$id', ({ id, path, action }) => {
  test('stands in the file its id names, so that its implementation is found without a search', () => {
    expect(path).toBe(kebab(id));
  });

  test('has schemas that can be written down and digested', () => {
    expect(contractDigest(action)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(hasPath(outputSchema(action), [])).toBe(true);
  });

  test('names the calls it may make as service:Operation, each once', () => {
    expect(action.permissions.filter((name) => !/^[a-z0-9]+:[A-Z][A-Za-z0-9]+$/.test(name))).toEqual([]);
    expect(new Set(action.permissions).size).toBe(action.permissions.length);
  });

  test('finds its regions among its own input fields', () => {
    const input = z.toJSONSchema(action.input, { io: 'input' }) as unknown as Json;
    const fields = [action.regionField, action.targetRegionField].filter((field) => field !== undefined);
    expect(fields.filter((field) => !hasPath(input, [field as string]))).toEqual([]);
  });
});
