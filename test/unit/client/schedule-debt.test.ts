import { describe, expect, it } from 'vitest';
import { debtsOf, exposureSeconds } from '../../../client/schedule-debt.ts';
import { errorShape } from '../../../domain/errors.ts';
import { copyView, cutShort, drillOf, NOW, viewOf } from './a-schedule.ts';

const DUE = '2026-10-06';
const day = 86_400;
const sinceDue = (NOW.getTime() - Date.parse('2026-10-06T07:00:00.000Z')) / 1_000;
const kinds = (view: ReturnType<typeof viewOf>, now = NOW) => debtsOf(view, now).map(({ kind }) => kind);

describe('a schedule', () => {
  it('owes nothing when what would run now passed in time since it was due', () => {
    expect(debtsOf(viewOf([drillOf(DUE, 18)]), NOW)).toEqual([]);
  });

  it('is overdue when nothing passed since it was due, by the time since then', () => {
    expect(debtsOf(viewOf([drillOf('2026-07-07', 18)]), NOW)).toEqual([{ kind: 'overdue', seconds: sinceDue }]);
  });

  it('is overdue as soon as the one that was due failed', () => {
    const now = new Date('2026-10-06T08:00:00.000Z');
    expect(kinds(viewOf([cutShort(DUE, 10), drillOf('2026-07-07', 18)]), now)).toEqual(['overdue']);
    expect(kinds(viewOf([drillOf('2026-07-07', 18)]), now)).toEqual([]);
  });

  it('is not overdue while the one that was due runs, or while Temporal may make up for it', () => {
    const running = drillOf(DUE, 18, { endedAt: null, outcome: null });
    const executions = [running, drillOf('2026-07-07', 18)];
    expect(kinds(viewOf(executions), new Date('2026-10-06T12:59:00.000Z'))).toEqual([]);
    expect(kinds(viewOf(executions), new Date('2026-10-06T13:01:00.000Z'))).toEqual(['overdue']);
  });

  it('passed in time when somebody ran it by hand since it was due', () => {
    expect(kinds(viewOf([drillOf('2026-11-01', 18), cutShort(DUE, 10)]))).toEqual([]);
  });

  it('never passed, and is not overdue before it was ever due', () => {
    const made = { ...viewOf([]).temporal!, previousDueAt: null };
    expect(kinds(viewOf([], { temporal: made }))).toEqual(['never_passed']);
    expect(kinds(viewOf([cutShort(DUE, 10)]))).toEqual(['overdue', 'never_passed']);
  });

  it('is judged by its interval when Temporal does not answer, with as long to make up for it', () => {
    const passed = (ago: number) =>
      viewOf([drillOf(new Date(NOW.getTime() - ago * day * 1_000).toISOString().slice(0, 10), 18)], { temporal: null });
    expect(kinds(passed(97))).toEqual([]);
    expect(kinds(passed(99))).toEqual(['overdue']);
    expect(kinds(viewOf([], { temporal: null }))).toEqual(['never_passed']);
  });

  it('says so when it is missing, outdated or paused, and by whom', () => {
    const temporal = viewOf([]).temporal!;
    const told = (change: Partial<typeof temporal>) =>
      debtsOf(viewOf([drillOf(DUE, 18)], { temporal: { ...temporal, ...change } }), NOW);
    expect(told({ state: 'missing' })).toEqual([{ kind: 'missing' }]);
    expect(told({ state: 'outdated' })).toEqual([{ kind: 'outdated' }]);
    expect(told({ paused: true, note: 'oncall-1: a rotation' })).toEqual([
      { kind: 'paused', note: 'oncall-1: a rotation' },
    ]);
  });

  it('owes a run when its runbook changed since it last passed, whatever failed since', () => {
    const changed = drillOf(DUE, 18, { planDigest: 'sha256:old' });
    expect(kinds(viewOf([changed]))).toEqual(['runbook_changed']);
    const tried = { ...cutShort('2026-11-01', 10), planDigest: 'sha256:now' };
    expect(kinds(viewOf([tried, changed]))).toEqual(['runbook_changed']);
  });

  it('owes a plan when none can be made', () => {
    const error = errorShape('DR_RUNBOOK_UNKNOWN', 'there is no runbook x');
    expect(debtsOf(viewOf([drillOf(DUE, 18)], { plan: { error } }), NOW)).toEqual([{ kind: 'no_plan', error }]);
  });

  it('missed its target when what passed last took longer', () => {
    expect(debtsOf(viewOf([drillOf(DUE, 31)]), NOW)).toEqual([
      { kind: 'target_missed', seconds: 1_860, targetSeconds: 1_800 },
    ]);
  });
});

describe('copies', () => {
  it('are measured by the age of the data in the newest one', () => {
    const view = copyView({ executionId: 'sc-1', dataTime: '2026-11-21T05:00:00.000Z' });
    expect(exposureSeconds(view, NOW)).toBe(7 * 3_600);
    expect(debtsOf(view, NOW)).toEqual([]);
  });

  it('owe one when that is older than the objective, or when there is none', () => {
    const view = copyView({ executionId: 'sc-1', dataTime: '2026-11-20T11:00:00.000Z' });
    expect(debtsOf(view, NOW)).toEqual([{ kind: 'exposed', seconds: 25 * 3_600, targetSeconds: day }]);
    expect(debtsOf(copyView(null), NOW)).toEqual([{ kind: 'exposed', seconds: null, targetSeconds: day }]);
  });

  it('are nobody else’s business', () => {
    expect(exposureSeconds(viewOf([drillOf(DUE, 18)], { newestCopy: null }), NOW)).toBeNull();
  });
});
