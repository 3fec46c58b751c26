import { describe, expect, it } from 'vitest';
import type { Json } from '../../../domain/json.ts';
import type { Bound } from '../../../domain/plan.ts';
import { brokenBounds, readBound } from '../../../workflows/engine/read-bounds.ts';

const bound = (more: Partial<Bound>): Bound => ({
  id: 'loss',
  says: 'loss at most 5 s',
  fact: { $ref: ['lag', 'seconds'] },
  unknown: 'accept_by_name',
  ...more,
});
const verdict = (more: Partial<Bound>, output?: Json) =>
  readBound(bound(more), new Map(output === undefined ? [] : [['lag', output]])).verdict;

describe('a bound', () => {
  it('holds up to its limits and at them', () => {
    expect(verdict({ atMost: 5 }, { seconds: 5 })).toBe('within');
    expect(verdict({ atMost: 5 }, { seconds: 5.1 })).toBe('outside');
    expect(verdict({ atLeast: 3 }, { seconds: 3 })).toBe('within');
    expect(verdict({ atLeast: 3 }, { seconds: 2 })).toBe('outside');
    expect(verdict({ equals: true }, { seconds: true })).toBe('within');
    expect(verdict({ equals: true }, { seconds: false })).toBe('outside');
  });

  it('is unknown, never small, when the value is null, missing, or its step gave nothing', () => {
    expect(verdict({ atMost: 5 }, { seconds: null })).toBe('unknown');
    expect(verdict({ atMost: 5 }, {})).toBe('unknown');
    expect(verdict({ atMost: 5 })).toBe('unknown');
  });

  it('that does not admit unknown is outside then', () => {
    expect(verdict({ atMost: 5, unknown: 'refuse' }, { seconds: null })).toBe('outside');
  });

  it('on a number is outside for anything that is none', () => {
    expect(verdict({ atMost: 5 }, { seconds: '1' })).toBe('outside');
    expect(verdict({ atLeast: 5 }, { seconds: true })).toBe('outside');
  });
});

describe('what approvals cover', () => {
  const reading = (verdict: 'within' | 'unknown' | 'outside') => ({ id: 'loss', says: 'loss', value: null, verdict });
  const accepting = { accepts: ['loss'] };

  it('is nothing that lies outside, even when accepted by name', () => {
    expect(brokenBounds([reading('outside')], [accepting])).toHaveLength(1);
  });

  it('is the unknown only when everybody accepted it by name', () => {
    expect(brokenBounds([reading('unknown')], [accepting, accepting])).toEqual([]);
    expect(brokenBounds([reading('unknown')], [accepting, { accepts: ['other'] }])).toHaveLength(1);
  });

  it('is nothing unknown when nobody approved', () => {
    expect(brokenBounds([reading('unknown')], [])).toHaveLength(1);
  });

  it('is everything within', () => {
    expect(brokenBounds([reading('within')], [{ accepts: [] }])).toEqual([]);
  });
});
