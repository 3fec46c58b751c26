import { describe, expect, it } from 'vitest';
import { renderBoard } from '../../../cli/screens/board.ts';
import { renderChange } from '../../../cli/screens/change.ts';
import { renderGate } from '../../../cli/screens/gate.ts';
import { renderPlan } from '../../../cli/screens/plan.ts';
import { renderRefusal } from '../../../cli/screens/refusal.ts';
import { renderStatus } from '../../../cli/screens/status.ts';
import { paintFor } from '../../../cli/terminal/paint.ts';
import type { Style } from '../../../cli/terminal/style.ts';
import { visibleWidth } from '../../../cli/terminal/text-width.ts';
import { changesBetween } from '../../../cli/watching/changes.ts';
import type { ExecutionSnapshot } from '../../../domain/execution.ts';
import { atGate, board, configuration, next, now, SCREENS, startWords } from './every-screen.ts';
import * as story from './story.ts';

const styleOf = (width: number, more: Partial<Style> = {}): Style => ({
  width,
  paint: paintFor(false),
  banner: configuration.banner!,
  ...more,
});

const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

describe.each(Object.entries(SCREENS))('the screen of %s', (_name, render) => {
  it.each([60, 80, 120])('is never wider than a terminal of %i columns', (width) => {
    // A digest is copied whole: at 60 columns it is the one thing that may run over.
    const wide = render(styleOf(width))
      .split('\n')
      .filter((line) => visibleWidth(line) > width && !(width < 80 && /sha256:[0-9a-f]{64}/.test(line)));
    expect(wide).toEqual([]);
  });

  it('says the same without colours', () => {
    const coloured = render(styleOf(80, { paint: paintFor(true) }));
    expect(coloured.replace(COLOUR, '')).toBe(render(styleOf(80)));
  });
});

// A refusal goes to the error stream, below a screen that carried the banner.
const bannered = Object.entries(SCREENS).filter(([name]) => name !== 'refusal');
it.each(bannered)('the screen of %s carries the banner of its environment', (_name, render) => {
  expect(render(styleOf(80))).toMatch(/^LAB: not AWS; no capacity, quota, IAM or Aurora timing\n/);
});

const narrow = styleOf(80);
const wide = styleOf(120);

describe('a dry run', () => {
  it('gives the verdict, and what blocks it with its remedy, before any step', () => {
    const text = SCREENS['plan, blocked']!(wide);
    const order = ['BLOCKED', 'DR_IMPACT_NOT_CONFIRMED', 'remedy: Mend what is slow', 'reach-protected'];
    const positions = order.map((word) => text.indexOf(word));
    expect(positions.every((position) => position > 0)).toBe(true);
    expect([...positions].sort((a, b) => a - b)).toEqual(positions);
  });

  it('names every call at its step and counts them all', () => {
    const text = SCREENS['plan, ready']!(wide);
    expect(text).toContain('rds:FailoverGlobalCluster booking-global → booking-ew3');
    expect(text).toContain('webhook:Post ×2');
    expect(text).toContain('s3:PutObject ×1');
  });

  it('says that nothing is changed', () => {
    expect(SCREENS['plan, ready']!(wide)).toContain('nothing was or will be changed');
  });

  it('tells what an approver would have to accept by name, and what checks warn of', () => {
    const text = SCREENS['plan, ready']!(wide);
    expect(text).toMatch(/! to know\s+check-dns-switch: TTL is 300 s/);
    expect(text).toContain('approve-promotion: loss is unknown now; an approver must accept that by name');
  });

  it('offers a command to paste that is the same command at any width', () => {
    const expected = `lifeboat ${startWords.join(' ')}`;
    for (const style of [narrow, wide]) {
      const text = SCREENS['plan, ready']!(style);
      const pasted = text.slice(text.lastIndexOf('lifeboat start')).replace(/ \\\n\s+/g, ' ');
      expect(pasted).toBe(expected);
    }
  });

  it('predicts from the runbook’s own estimates, approval to serving', () => {
    expect(SCREENS['plan, ready']!(wide)).toMatch(/predicted\s+3 m 12 s from approval to serving/);
  });

  it('that was refused says why and no more', () => {
    const refused: ExecutionSnapshot = {
      ...story.ready,
      outcome: 'refused',
      error: story.atTheGate.refusals[0]!.error,
      plan: null,
      steps: [],
      gates: [],
    };
    expect(renderPlan(refused, wide, { configuration, next })).toContain('DR_APPROVAL_OWN_REQUEST');
  });
});

describe('the board', () => {
  it.each([
    [80, 14],
    [80, 24],
    [120, 40],
  ])('fits a terminal of %i × %i and keeps header, current step and commands', (width, height) => {
    const text = SCREENS['board while promoting']!(styleOf(width, { height }));
    expect(text.split('\n').length).toBeLessThan(height);
    expect(text).toContain('LIVE  booking');
    expect(text).toContain('RTO 15:00, 08:28 left');
    expect(text).toContain('▶  promote-database');
    expect(text).toContain(`lifeboat abort ${story.EXECUTION}`);
  });

  it('names whom a gate waits for, since when, what they must run and how they were told', () => {
    const text = SCREENS['board at the gate']!(wide);
    expect(text).toMatch(
      /waiting for\s+approver-2, approver-3 \(1 approval needed at approve-promotion\), since 03:16:25Z: 1 m 04 s/,
    );
    expect(text).toContain(`lifeboat approve ${story.EXECUTION} --gate approve-promotion`);
    expect(text).toContain('told by webhook 03:16:22Z');
  });

  it('never offers to accept an unknown value ready to paste', () => {
    const offered = SCREENS['board at the gate']!(wide)
      .split('\n')
      .filter((line) => line.includes('lifeboat approve'));
    expect(offered.length).toBe(1);
    expect(offered[0]).not.toContain('--accept');
  });

  it('shows attempt, observations, what it says, how long it is expected to take and why the last try ended', () => {
    const text = SCREENS['board while promoting']!(styleOf(140));
    expect(text).toContain('failing-over: the cluster’s instance is not available yet');
    expect(text.replace(/\s+/g, ' ')).toContain(
      'attempt 1 · worker try 2 · looked 31× · expected 2 m 00 s · last try: activity Heartbeat timeout',
    );
  });

  it('gives every choice about a failed step with its reason, and offers only those that are possible', () => {
    const text = SCREENS['board after a failure']!(wide);
    expect(text).toContain("cluster booking-ew3 is 'modifying', must be 'available'");
    expect(text).toContain('retry: safe: nothing was sent');
    expect(text).toContain('skip: not possible: a promote step cannot be skipped');
    expect(text).toContain(`lifeboat retry ${story.EXECUTION} promote-database`);
    expect(text).not.toContain('lifeboat skip');
  });

  it('says how old its state is when it cannot be read, and that the execution goes on', () => {
    const text = SCREENS['board, stale']!(wide);
    expect(text).toContain('cannot be read since 1 m 10 s: Temporal does not answer at 127.0.9.60:7008');
    expect(text).toContain('The execution does not depend on this screen');
  });

  it('says when no worker is there to go on', () => {
    const view = { ...story.viewOf(story.promoting), workerSeen: false };
    expect(renderBoard(view, now, wide, { configuration, readAt: now })).toContain(
      'no worker has asked for work lately',
    );
  });

  it('shows an exceeded objective as exceeded', () => {
    const late = new Date(story.at('03:30:00.000'));
    expect(board(story.promoting, wide, late)).toContain('RTO 15:00 EXCEEDED by 02:52');
  });

  it('offers to resume what is paused, and names who paused it', () => {
    const text = SCREENS['board, paused']!(wide);
    expect(text).toContain('oncall-1, who paused it');
    expect(text).toContain(`lifeboat resume ${story.EXECUTION}`);
  });
});

describe('the end', () => {
  it('puts what was achieved beside what was wanted, and who took the time', () => {
    const text = SCREENS['end, done']!(wide);
    expect(text).toContain('DONE  booking serves from eu-west-3');
    expect(text).toMatch(/RTO\s+8 m 55 s\s+objective 15 min ✓\s+03:12:07\.4Z → 03:21:02\.6Z\s+canary only, ± 0\.1 s/);
    expect(text).toMatch(/RPO\s+0\.4–0\.5 s\s+objective 60 s ✓\s+5 canaries lost/);
    expect(text).toContain('detection 18.0 s · decision to start 3 m 55 s · approval 1 m 31 s · machine 3 m 12 s');
    expect(text).toContain('ledger entry 000000000321, signed');
  });

  it('shows a figure that was not measured as such, with its reason, and never as 0', () => {
    const actual = {
      ...story.succeeded.actual!,
      rtoSeconds: null,
      rpo: null,
      notMeasured: { rto: { reason: 'the watch was silent' }, rpo: { reason: 'the database was not asked' } },
    };
    const text = renderStatus(story.viewOf({ ...story.succeeded, actual }), now, wide, configuration);
    expect(text).toMatch(/RTO\s+not measured: the watch was silent\s+objective 15 min/);
    expect(text).toMatch(/RPO\s+not measured: the database was not asked/);
  });

  it('calls a missed objective missed', () => {
    const actual = { ...story.succeeded.actual!, rtoSeconds: 901 };
    const text = renderStatus(story.viewOf({ ...story.succeeded, actual }), now, wide, configuration);
    expect(text).toContain('15 m 01 s   objective 15 min ✗ MISSED');
  });

  it('says after a denial who denied it and what was undone', () => {
    const text = SCREENS['end, denied']!(wide);
    expect(text).toContain('approver-3 denied approve-promotion: Ireland is coming back');
    expect(text).toMatch(/undone\s+prepare-compute/);
    expect(text).toMatch(/not executed fence-writers/);
  });

  it('says, past the point of no return, what still stands, what is uncertain and how to go on by hand', () => {
    const text = SCREENS['end, handed over']!(wide);
    expect(text).toMatch(/still stands prepare-compute, fence-writers/);
    expect(text).toMatch(/look at\s+promote-database \(what it began may have happened\)/);
    expect(text).toContain('lifeboat runbook show region-failover --service booking --to eu-west-3 --by-hand');
  });
});

describe('a gate', () => {
  it('shows who asks and why, every frozen fact, every bound and what cannot be taken back, before anything is signed', () => {
    const text = SCREENS.gate!(wide);
    expect(text).toContain('oncall-1 03:16:20Z, incident: “INC-2211 Ireland is dark”');
    for (const id of Object.keys(story.openGate.facts)) expect(text).toContain(id);
    expect(text).toContain('? loss: data loss at most 60 s – UNKNOWN now');
    expect(text).toContain('cannot be taken back: promote-database');
    expect(text).toContain(story.openGate.factsDigest);
  });
});

describe('a refusal', () => {
  it('has its code, what to do, the command on one line, and where it is recorded', () => {
    const text = SCREENS.refusal!(narrow);
    expect(text).toContain('(DR_APPROVAL_OWN_REQUEST)');
    expect(text).toContain(`lifeboat approve ${story.EXECUTION} --gate approve-promotion`);
    expect(text).toContain('in the ledger as entry 000000000318');
  });

  it('puts expected beside found', () => {
    const failed = story.promotionFailed.steps.find(({ state }) => state === 'failed')!;
    const text = renderRefusal(failed.error!, wide);
    expect(text).toMatch(/field\s+clusterStatus\nexpected\s+available\nfound\s+modifying\nremedy/);
  });
});

describe('words of other people', () => {
  it('cannot move the cursor, forge a line or reach the terminal in any way', () => {
    const evil = 'all is well\u001b[2J\u001b]0;owned\u0007\r\nDONE  booking serves\u202e';
    const request = { ...story.request, reason: evil };
    const text = renderGate({ ...story.atTheGate, request }, story.openGate, atGate, wide, {
      configuration,
      decision: 'approve',
      person: 'approver-2',
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
    expect(text).not.toMatch(/^DONE/m);
  });
});

describe('changes, where nothing can be redrawn', () => {
  const progress = { before: [], after: story.promotingProgress };

  it('are one line each, in the order in which they happened', () => {
    const changes = changesBetween(story.atTheGate, story.promoting, progress, now);
    const lines = changes.map((change) => renderChange(change, now, wide));
    expect(lines.every((line) => !line.includes('\n'))).toBe(true);
    expect(changes.map(({ id }) => id)).toEqual([
      'prepare-compute',
      'approve-promotion',
      'fence-writers',
      'promote-database',
      'confirm-capacity',
    ]);
  });

  it('carry the time at which each happened, earliest first, also when the watching began later', () => {
    const times = changesBetween(null, story.promoting, progress, now).map((change) => change.at);
    expect(times[0]).toBe(story.at('03:16:20.150'));
    expect([...times].sort()).toEqual(times);
  });

  it('end with what became of the whole', () => {
    const changes = changesBetween(story.promoting, story.promotionFailed, progress, now);
    expect(changes.at(-1)).toMatchObject({ kind: 'state', says: 'a step failed, waiting for a decision' });
  });

  it('are none when nothing happened but time', () => {
    const same = { before: story.promotingProgress, after: story.promotingProgress };
    const later = new Date(now.getTime() + 60_000);
    expect(changesBetween(story.promoting, story.promoting, same, later)).toEqual([]);
  });

  it('tell a refusal with the ledger entry that records it', () => {
    const before = { ...story.atTheGate, refusals: [] };
    const [refusal] = changesBetween(before, story.atTheGate, { before: [], after: [] }, atGate);
    expect(refusal).toMatchObject({ kind: 'refusal', id: 'approve-promotion' });
    expect(refusal!.says).toBe('refused approve by oncall-1: DR_APPROVAL_OWN_REQUEST (ledger entry 000000000318)');
  });
});
