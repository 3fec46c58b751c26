import { describe, expect, it } from 'vitest';
import { renderBoard } from '../../../cli/screens/board.ts';
import { renderEndQuestion } from '../../../cli/screens/end-question.ts';
import { renderGate } from '../../../cli/screens/gate.ts';
import { renderHome } from '../../../cli/screens/home.ts';
import { renderPlan } from '../../../cli/screens/plan.ts';
import { renderRunbook } from '../../../cli/screens/runbook.ts';
import { renderRuns } from '../../../cli/screens/runs.ts';
import { renderStartQuestion } from '../../../cli/screens/started.ts';
import { renderStatus } from '../../../cli/screens/status.ts';
import { paintFor } from '../../../cli/terminal/paint.ts';
import type { Style } from '../../../cli/terminal/style.ts';
import type { ExecutionSummary } from '../../../client/lifeboat-client.ts';
import type { ExecutionSnapshot, StepRecord } from '../../../domain/execution.ts';
import type { Json } from '../../../domain/json.ts';
import * as story from './story.ts';
import { copyDone, copying, copyPlan, whileCopying } from './story-copy.ts';
import { drillFailed, drillPassed, drillPlan, drillReady, drillRestoring, whileRestoring } from './story-drill.ts';

const { configuration } = story;
const style: Style = { width: 120, paint: paintFor(false) };
const now = new Date(story.at('03:33:00.000'));

const end = (snapshot: ExecutionSnapshot): string => renderStatus(story.viewOf(snapshot), now, style, configuration);
const board = (snapshot: ExecutionSnapshot, at: Date): string =>
  renderBoard(story.viewOf(snapshot), at, style, { configuration, readAt: at });

/** The same execution with something else in one step. */
const withStep = (snapshot: ExecutionSnapshot, id: string, change: Partial<StepRecord>): ExecutionSnapshot => ({
  ...snapshot,
  steps: snapshot.steps.map((step) => (step.id === id ? { ...step, ...change } : step)),
});
const outputIn = (snapshot: ExecutionSnapshot, id: string): object =>
  snapshot.steps.find((step) => step.id === id)!.output as object;

describe('the end of a restore drill', () => {
  it('puts the time it took beside the time it may take, and says to which instant and how close', () => {
    const text = end(drillPassed);
    expect(text).toContain('DONE  pitr-restore-drill · booking');
    expect(text).toMatch(/restore\s+17 m 25 s of 30 min ✓ · requested 07:02:28\.4Z → validated 07:19:53\.1Z/);
    expect(text).toMatch(/restored to\s+07:00:08\.000Z · recovery point 2 m 27 s · newest canary 0\.3 s before it/);
    expect(text).toContain('12 GB at 12 MB/s');
  });

  it('counts rows expected and found, and what its clean-up removed and left', () => {
    const text = end(drillPassed);
    expect(text).toMatch(/rows\s+48 211 expected, 48 211 found · 3 checks passed · 1 could not be run/);
    expect(text).toMatch(/cleaned up\s+2 removed, 0 left among 3 looked at/);
  });

  it('says in one line why it measured no outage, and not as a failure', () => {
    const lines = end(drillPassed)
      .split('\n')
      .filter((line) => /RTO|RPO/.test(line));
    expect(lines).toEqual(['RTO, RPO     not measured: a drill: no service was down for it']);
  });

  it('names the schedule that asked for it, and nobody’s reason', () => {
    const text = end(drillPassed);
    expect(text).toContain('· DRILL, scheduled · asked by schedule pitr-restore');
    expect(text).not.toContain('schedule:');
    expect(text).toContain('lifeboat drill ls');
  });

  it('calls a missed objective missed', () => {
    const { restore } = drillPassed.actual!;
    const slow = { ...drillPassed.actual!, restore: { ...restore!, restoreSeconds: 1_900 } };
    expect(end({ ...drillPassed, actual: slow })).toContain('31 m 40 s of 30 min ✗ MISSED');
  });

  it('says what is left, and what was left alone, loudly', () => {
    const output = {
      ...outputIn(drillPassed, 'clean-up'),
      remaining: ['cluster/x-db'],
      leftAlone: [{ kind: 'cluster', id: 'y-db', because: 'it has no tag' }],
    };
    const text = end(withStep(drillPassed, 'clean-up', { output }));
    expect(text).toContain('2 removed, 1 LEFT: cluster/x-db');
    expect(text).toMatch(/left alone\s+y-db \(it has no tag\)/);
  });

  it('does not count rows of a source that could not be asked', () => {
    const output = { ...outputIn(drillPassed, 'validate'), rowsExpected: null };
    expect(end(withStep(drillPassed, 'validate', { output }))).toContain(
      '48 211 found; the source could not be asked how many there were',
    );
  });
});

describe('the end of a restore drill that failed', () => {
  it('says once which step failed and why, what it counts as, and that nothing is left', () => {
    const text = end(drillFailed);
    expect(text).toContain('FAILED  pitr-restore-drill');
    expect(text.match(/48000 expected, 47988 found/g)).toHaveLength(1);
    expect(text).toMatch(/because\s+validate: the restored database/);
    expect(text).toContain('not validated after 17 m 25 s of 30 min: it counts as at least that');
    expect(text).toContain('2 removed, 0 left');
    expect(text).not.toContain('still stands');
    expect(text).toContain('lifeboat drill run pitr-restore --service booking');
  });

  it('says what still stands when its clean-up failed too', () => {
    const text = end(withStep(drillFailed, 'clean-up', { state: 'failed', output: null }));
    expect(text).toMatch(/still stands\s+restore, create-instance/);
  });
});

describe('a restore drill under way', () => {
  it('shows the clock of the restore against its objective, without an outage or people', () => {
    const text = board(drillRestoring, whileRestoring);
    expect(text).toContain('DRILL  pitr-restore-drill · booking');
    expect(text).toContain('scheduled · started by schedule pitr-restore');
    expect(text).toContain('restoring 13:31');
    expect(text).toContain('limit 30:00, 16:28 left');
    expect(text).not.toMatch(/RTO|people|approval/);
  });

  it('says of what always runs that it comes at the end', () => {
    expect(board(drillRestoring, whileRestoring)).toMatch(/· {2}clean-up\s+at the end, whatever happens/);
  });

  it('tells whoever would abort it that its clean-up still runs', () => {
    expect(renderEndQuestion(drillRestoring, null, { ...style, width: 140 })).toContain(
      'nothing is undone; done so far: restore, create-instance; clean-up still runs',
    );
  });
});

describe('the plan of a drill', () => {
  it('is held against the restore objective, from its start', () => {
    const text = renderPlan(drillReady, style, { configuration, next: [] });
    expect(text).toMatch(/predicted\s+21 m 16 s until it is validated \(.*within the restore objective\)/);
    expect(text).toMatch(/objective\s+restore 30 min\n/);
    expect(text).not.toContain('RTO');
  });

  it('says the same as a runbook', () => {
    const text = renderRunbook(drillPlan, [], style);
    expect(text).toContain('21 m 16 s until it is validated, as its author expects');
    expect(renderRunbook(copyPlan, [], style)).toMatch(/objective\s+exposure 24 h/);
  });

  it('puts every warning of a step on a line that begins with an exclamation mark', () => {
    const warnings = ['a 500 GB restore at 100 MB/s takes 85 min; your RTO is 15 min: keep a warm standby', 'another'];
    const output = { ...outputIn(drillReady, 'bookmark'), warnings } as unknown as Json;
    const text = renderPlan(
      withStep(drillReady, 'bookmark', { output }),
      { ...style, width: 140 },
      { configuration, next: [] },
    );
    expect(text.split('\n').filter((line) => line.startsWith('!'))).toEqual([
      `! to know    bookmark: ${warnings[0]}`,
      '! to know    bookmark: another',
    ]);
  });
});

describe('a gate', () => {
  it('shows what the steps before it warn of, in the colour of warnings', () => {
    const frozen = {
      ...story.openGate,
      facts: { ...story.openGate.facts, estimate: { warnings: ['it takes too long'] } },
    };
    const coloured: Style = { ...style, paint: paintFor(true) };
    const text = renderGate(story.atTheGate, frozen, now, coloured, {
      configuration,
      decision: 'approve',
      person: 'a',
    });
    expect(text).toContain(coloured.paint.warn('! to know    estimate: it takes too long'));
  });
});

describe('the end of a copy', () => {
  it('puts the exposure beside what it may be, and the worst case', () => {
    const text = end(copyDone);
    expect(text).toMatch(/exposure\s+1 h 22 m of 24 h ✓ · data of 02:14:09Z/);
    expect(text).toMatch(/worst case\s+25 h 22 m ✗ MORE THAN 24 h: copy more often/);
    expect(text).toMatch(/copy\s+sc-20261121-0330-d4e5f6-copy-1 · made in 6 m 10 s/);
  });

  it('names what a validation would have needed once, with the reason that it was not due', () => {
    const skipped = end(copyDone).replace(/\s+/g, ' ');
    expect(skipped).toContain('skipped bookmark, restore-copy, check-placement');
    expect(skipped.match(/its condition does not hold/g)).toHaveLength(1);
  });

  it('does not say that customers are served from anywhere', () => {
    expect(end(copyDone)).not.toMatch(/serves|→ eu/);
  });

  it('says when nothing tells how often copies are made', () => {
    const { copy } = copyDone.actual!;
    const actual = { ...copyDone.actual!, copy: { ...copy!, worstExposureSeconds: null, exposureSeconds: 90_000 } };
    const text = end({ ...copyDone, actual });
    expect(text).toContain('25 h 00 m of 24 h ✗ MISSED');
    expect(text).toContain('unknown: nothing says how often a copy is made');
  });
});

describe('a copy under way', () => {
  it('says that it may take less than all that is conditional', () => {
    expect(board(copying, whileCopying)).toContain('up to ');
  });

  it('never stands between a service that is down and its recovery', () => {
    const run: ExecutionSummary = {
      executionId: copying.request.executionId,
      workflowId: `live/booking/${copying.request.executionId}`,
      runbook: 'snapshot-copy',
      service: 'booking',
      mode: 'live',
      purpose: 'scheduled',
      startedAt: copying.startedAt,
      endedAt: null,
      status: 'running',
      requestedBy: 'schedule:snapshot-copy',
      ledgerEntry: null,
    };
    const down = {
      service: 'booking',
      state: 'down' as const,
      downSince: story.at('03:12:07.000'),
      lastGoodAt: story.at('03:12:07.000'),
      servingRegion: 'eu-west-1',
      otherRegion: 'eu-west-3',
      vantages: [],
      objectives: story.plan.objectives,
    };
    const text = renderHome({ now, services: [down], running: [run], runningUnknown: null }, style);
    expect(text).toContain('lifeboat plan region-failover --service booking --to eu-west-3');
    expect(text).toContain('started by schedule snapshot-copy');
    expect(renderRuns([run], now, style)).toContain('schedule snapshot-copy');
  });
});

describe('the question before a live start', () => {
  const ask = (runbook: string, parameters: Readonly<Record<string, Json>>): string =>
    renderStartQuestion(
      {
        runbook,
        parameters,
        service: story.service,
        configuration,
        person: 'oncall-1',
        purpose: 'maintenance',
        reason: 'before the migration',
        planDigest: null,
      },
      style,
    );

  it('promises an approval only where there is a gate', () => {
    expect(ask('region-failover', { to: 'eu-west-3' })).toContain('another person must approve');
    const copy = ask('snapshot-copy', { validate: 'never' });
    expect(copy).toContain('LIVE  snapshot-copy · booking');
    expect(copy).toContain('nobody else is asked; it changes: copy, prune');
  });
});
