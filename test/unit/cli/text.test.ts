import { describe, expect, it } from 'vitest';
import { SUMMARIES, summarise } from '../../../cli/screens/result-summary.ts';
import { clock, duration, instant, target } from '../../../cli/terminal/duration.ts';
import { shellWord } from '../../../cli/terminal/next-command.ts';
import { padEnd, plain, truncate, visibleWidth, wrap } from '../../../cli/terminal/text-width.ts';
import { planSteps } from '../../../domain/plan.ts';
import { plan } from './story-setting.ts';
import { outputs } from './story-steps.ts';

describe('text on a terminal', () => {
  it('counts what is seen: no colours, no combining marks, two columns for wide characters', () => {
    expect(visibleWidth('\u001b[31mred\u001b[39m')).toBe(3);
    expect(visibleWidth('é')).toBe(1);
    expect(visibleWidth('東京')).toBe(4);
    expect(padEnd('東', 4)).toBe('東  ');
  });

  it('wraps at spaces and breaks only what cannot fit otherwise', () => {
    expect(wrap('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
    expect(wrap('abcdefgh i', 3)).toEqual(['abc', 'def', 'gh', 'i']);
    expect(wrap('one\ntwo', 10)).toEqual(['one', 'two']);
  });

  it('says by an ellipsis that something was cut', () => {
    expect(truncate('abcdef', 4)).toBe('abc…');
    expect(truncate('abcd', 4)).toBe('abcd');
  });

  it('removes control characters and what turns the direction of reading', () => {
    expect(plain('a\u001b[2Jb\r\nc\u202ed\t')).toBe('a [2Jb c d');
  });
});

describe('times', () => {
  it.each([
    [0.04, '0.0 s'],
    [38.24, '38.2 s'],
    [59.97, '1 m 00 s'],
    [251, '4 m 11 s'],
    [3_599.6, '1 h 00 m'],
    [7_500, '2 h 05 m'],
    [273_600, '3 d 4 h'],
  ])('%d seconds read %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  it('objectives read as they are spoken', () => {
    expect([900, 60, 90, 14_400, 0].map(target)).toEqual(['15 min', '60 s', '90 s', '4 h', '0 s']);
  });

  it('clocks roll over hours, and never show less than nothing', () => {
    expect([362, 3_962, -5].map(clock)).toEqual(['06:02', '1:06:02', '00:00']);
  });

  it('instants carry the date only when it is another day', () => {
    const now = new Date('2026-11-21T03:20:00Z');
    expect(instant('2026-11-21T03:12:07.412Z', now, 3)).toBe('03:12:07.412Z');
    expect(instant('2026-11-20T23:59:59.000Z', now)).toBe('2026-11-20 23:59:59Z');
  });
});

describe('a word in a command to paste', () => {
  it('is quoted where a shell would take it apart', () => {
    expect(shellWord('eu-west-3')).toBe('eu-west-3');
    expect(shellWord('INC-2211 dark')).toBe('"INC-2211 dark"');
    expect(shellWord('a"$(rm)`')).toBe('"a\\"\\$(rm)\\`"');
  });
});

describe('summaries of results', () => {
  it('exist for every action of every runbook there is, and only for those', () => {
    const used = new Set(planSteps(plan).map(({ action }) => action));
    expect([...used].sort()).toEqual(Object.keys(SUMMARIES).sort());
  });

  it('never say undefined, null or NaN of a result that fits its contract', () => {
    for (const { id, action } of planSteps(plan)) {
      const text = summarise(action, outputs[id]!);
      expect(text, action).not.toBe('');
      expect(text, action).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });

  it('show the plain fields of a result nobody foresaw', () => {
    expect(summarise('future.action', { warmPool: 3, done: true, list: [1] })).toBe('warm pool 3 · done true');
  });
});
