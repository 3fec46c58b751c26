import { describe, expect, it } from 'vitest';
import type { Json } from '../../../domain/json.ts';
import { missingSources, readReference, resolveReferences } from '../../../workflows/engine/resolve-references.ts';

const outputs = new Map<string, Json>([
  ['$execution', { id: 'fo-1' }],
  ['read', { lag: { seconds: 0 }, list: [{ name: 'a' }, { name: 'b' }], none: null, flag: false }],
  ['number', 7],
]);
const ref = (...path: [string, ...string[]]) => ({ $ref: path });

describe('references in an input', () => {
  it('are replaced wherever they stand: fields, nested objects, arrays', () => {
    const input = {
      id: ref('$execution', 'id'),
      deep: { seconds: ref('read', 'lag', 'seconds') },
      many: [ref('read', 'list', '1', 'name'), 'fixed', [ref('number')]],
      whole: ref('read', 'list'),
    };
    expect(resolveReferences(input, outputs)).toEqual({
      id: 'fo-1',
      deep: { seconds: 0 },
      many: ['b', 'fixed', [7]],
      whole: [{ name: 'a' }, { name: 'b' }],
    });
  });

  it('keep null, false and 0 apart from what is missing, which is left out', () => {
    const input = {
      none: ref('read', 'none'),
      flag: ref('read', 'flag'),
      zero: ref('read', 'lag', 'seconds'),
      missing: ref('read', 'nothing'),
      never: ref('no-such-step', 'x'),
      fixed: false,
    };
    expect(resolveReferences(input, outputs)).toEqual({ none: null, flag: false, zero: 0, fixed: false });
  });

  it('that are missing in an array become null, so that the others keep their places', () => {
    expect(resolveReferences([ref('no-such-step'), ref('number')], outputs)).toEqual([null, 7]);
  });

  it.each([
    ['read', '__proto__'],
    ['read', 'constructor'],
    ['read', 'constructor', 'name'],
    ['read', 'lag', 'toString'],
    ['read', 'list', 'length'],
    ['read', 'list', 'map'],
    ['read', 'list', '2'],
    ['read', 'list', '-1'],
    ['read', 'list', ''],
    ['read', 'lag', 'seconds', 'toFixed'],
    ['number', 'constructor'],
  ] as [string, ...string[]][])('lead nowhere by %s %s: only own values are read', (...path) => {
    expect(readReference(ref(...path), outputs)).toBeUndefined();
  });

  it('leave a field named __proto__ a plain field', () => {
    const input = JSON.parse('{"__proto__": {"polluted": true}}') as Json;
    const resolved = resolveReferences(input, outputs) as Record<string, unknown>;
    expect(Object.getPrototypeOf(resolved)).toBe(Object.prototype);
    expect(Object.keys(resolved)).toEqual(['__proto__']);
  });

  it('are not looked for in what they resolved to', () => {
    const sly = new Map<string, Json>([['read', { text: { $ref: ['$execution', 'id'] } }]]);
    expect(resolveReferences({ text: ref('read', 'text') }, sly)).toEqual({ text: { $ref: ['$execution', 'id'] } });
  });
});

describe('missing sources', () => {
  it('are the steps without output that an input reads, each once', () => {
    const input = {
      a: ref('no-such', 'x'),
      b: [ref('no-such', 'y')],
      c: { d: ref('other') },
      e: ref('read', 'nothing'),
    };
    expect(missingSources(input, outputs)).toEqual(['no-such', 'other']);
  });
});
