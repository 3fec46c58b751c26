import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ERRORS, errorShape, LifeboatError, shapeOf } from '../../../domain/errors.ts';
import { errorsPage } from '../../../tools/errors-page.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDERS = [
  'activities',
  'cli',
  'client',
  'configuration',
  'identity',
  'lab',
  'lease',
  'ledger',
  'measure',
  'runbooks',
  'watch',
  'worker',
  'workflows',
];
const CODE = /\bDR_[A-Z0-9]+(?:_[A-Z0-9]+)*\b/g;

const sources = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => ({ path: join(folder, path), text: readFileSync(join(ROOT, folder, path), 'utf8') })),
);
const catalogue = Object.keys(ERRORS).sort();

describe('the catalogue of errors', () => {
  test('and docs/errors.md name the same codes', () => {
    const page = readFileSync(join(ROOT, 'docs/errors.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `(DR_[A-Z0-9_]+)` \|/gm)].map((match) => match[1]);
    expect(rows.sort()).toEqual(catalogue);
    expect(page).toBe(errorsPage());
  });

  test('has every code that code, messages and comments mention', () => {
    const strangers = sources.flatMap(({ path, text }) =>
      [...text.matchAll(CODE)].filter(([code]) => !catalogue.includes(code)).map(([code]) => `${path}: ${code}`),
    );
    expect(strangers).toEqual([]);
  });

  test('has no code that nothing raises', () => {
    const mentioned = new Set(sources.flatMap(({ text }) => text.match(CODE) ?? []));
    expect(catalogue.filter((code) => !mentioned.has(code))).toEqual([]);
  });

  test.each(Object.entries(ERRORS))('%s says what it means and what to do, in sentences', (code, { means, remedy }) => {
    expect(code).toMatch(/^DR_[A-Z0-9]+(_[A-Z0-9]+)*$/);
    expect(means).toMatch(/^\p{Lu}.*\.$/u);
    expect(remedy.trim()).not.toBe('');
  });
});

test('an error keeps its code, values and remedy when it crosses a process as data', () => {
  const shape = errorShape('DR_REGION_UNKNOWN', 'no such region', {
    field: 'to',
    expected: 'eu-west-3',
    actual: 'mars',
  });
  const crossed = LifeboatError.of(JSON.parse(JSON.stringify(shape)));
  expect(crossed.shape).toEqual(shape);
  expect(shapeOf(crossed)).toEqual({ ...shape, retryable: false, remedy: ERRORS.DR_REGION_UNKNOWN.remedy });
});

test('an error nobody catalogued becomes DR_INTERNAL with its message, never silence', () => {
  expect(shapeOf(new TypeError('boom'))).toMatchObject({ code: 'DR_INTERNAL', message: 'TypeError: boom' });
  expect(shapeOf('boom')).toMatchObject({ code: 'DR_INTERNAL', message: 'boom' });
});
