import { describe, expect, it } from 'vitest';
import { IMPLEMENTATIONS } from '../../../activities/registry.ts';
import { SUMMARIES, summarise } from '../../../cli/screens/result-summary.ts';
import { grouped, sizeText } from '../../../cli/terminal/amount.ts';
import { clock, duration, instant, target } from '../../../cli/terminal/duration.ts';
import { shellWord } from '../../../cli/terminal/next-command.ts';
import { padEnd, plain, truncate, visibleWidth, wrap } from '../../../cli/terminal/text-width.ts';
import type { Json } from '../../../domain/json.ts';
import { planSteps } from '../../../domain/plan.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { RUNBOOKS } from '../../../runbooks/registry.ts';
import { copyDone } from './story-copy.ts';
import { drillPassed } from './story-drill.ts';
import { postureFine } from './story-posture.ts';
import { plan, service } from './story-setting.ts';
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

describe('amounts', () => {
  it('are grouped by three digits, and sizes rounded to what one can say', () => {
    expect([0, 999, 1_000, 48_211, 1_234_567].map(grouped)).toEqual(['0', '999', '1 000', '48 211', '1 234 567']);
    expect([0, 900, 1_536, 12_884_901_888, 5_500_000_000_000].map(sizeText)).toEqual([
      '0 B',
      '900 B',
      '1.5 KB',
      '12 GB',
      '5.0 TB',
    ]);
    expect(sizeText(1_048_575)).toBe('1.0 MB');
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
  it('exist for every action of every runbook there is', () => {
    const used = RUNBOOKS.flatMap((runbook) =>
      planSteps(compilePlan({ runbook, service, parameters: runbook.example(service) })).map(({ action }) => action),
    );
    expect(used.length).toBeGreaterThan(40);
    expect([...new Set(used)].filter((action) => !(action in SUMMARIES))).toEqual([]);
  });

  it('exist only for actions that there are', () => {
    const known = IMPLEMENTATIONS.map(({ contract }) => contract.id as string);
    expect(Object.keys(SUMMARIES).filter((action) => !known.includes(action))).toEqual([]);
  });

  const failover = planSteps(plan).map(({ id, action }) => [action, outputs[id]!] as const);
  const told = [drillPassed, copyDone, postureFine].flatMap(({ plan: compiled, steps }) =>
    planSteps(compiled!).flatMap(({ id, action }): (readonly [string, Json])[] => {
      const output = steps.find((step) => step.id === id)?.output ?? null;
      return output === null ? [] : [[action, output]];
    }),
  );

  it('never say undefined, null or NaN of a result that fits its contract', () => {
    expect(told.length).toBeGreaterThan(25);
    for (const [action, output] of [...failover, ...told]) {
      const text = summarise(action, output);
      expect(text, action).not.toBe('');
      expect(text, action).not.toMatch(/undefined|null|NaN|\[object/);
    }
  });

  it('show the plain fields of a result nobody foresaw', () => {
    expect(summarise('future.action', { warmPool: 3, done: true, list: [1] })).toBe('warm pool 3 · done true');
  });
});
