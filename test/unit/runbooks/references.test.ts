import { expect, test } from 'vitest';
import { inputData } from '../../../runbooks/language/input-data.ts';
import { makeReference, referencesIn } from '../../../runbooks/language/reference.ts';
import { hasPath } from '../../../runbooks/language/schema-path.ts';

const seen = makeReference<{ inner: { deep: string } }>('look');

test('a reference becomes its path, however deep it stands in an input', () => {
  expect(inputData({ a: [{ b: seen.inner.deep }], c: seen, d: 'word' })).toEqual({
    a: [{ b: { $ref: ['look', 'inner', 'deep'] } }],
    c: { $ref: ['look'] },
    d: 'word',
  });
});

test('references are found in data with where they stand', () => {
  const data = inputData({ a: [seen.inner.deep], c: 1 });
  expect(referencesIn(data)).toEqual([{ reference: { $ref: ['look', 'inner', 'deep'] }, at: 'a.0' }]);
});

test('absent fields are left out, so they cannot differ from fields nobody wrote', () => {
  expect(inputData({ a: undefined, b: null })).toEqual({ b: null });
});

test.each<[string, unknown, string]>([
  ['not a number', { a: Number.NaN }, 'input.a'],
  ['an endless number', { a: [1, Number.POSITIVE_INFINITY] }, 'input.a.1'],
  ['a date', { at: new Date(0) }, 'input.at'],
  ['a function', { b: { f: () => 1 } }, 'input.b.f'],
  ['a map', new Map(), 'input'],
  ['a forged reference', { a: { $ref: ['look'] } }, 'input.a'],
])('refuses %s, naming the field', (_, input, field) => {
  expect(() => inputData(input)).toThrow(new RegExp(`^${field.replaceAll('.', '\\.')} `));
});

test('paths are followed through alternatives, lists and records', () => {
  const schema = {
    properties: {
      either: { anyOf: [{ type: 'null' }, { properties: { x: {} } }] },
      list: { items: { properties: { y: {} } } },
      record: { additionalProperties: { properties: { z: {} } } },
      closed: { properties: {}, additionalProperties: false },
    },
  };
  expect(
    [['either', 'x'], ['list', '0', 'y'], ['record', 'any', 'z'], []].map((path) => hasPath(schema, path)),
  ).toEqual([true, true, true, true]);
  expect([['either', 'y'], ['list', 'y'], ['closed', 'x'], ['nothing']].map((path) => hasPath(schema, path))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
