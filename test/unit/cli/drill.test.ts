import { writeFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { visibleWidth } from '../../../cli/terminal/text-width.ts';
import type { LifeboatSchedules, ScheduleList, ScheduleView } from '../../../client/lifeboat-schedules.ts';
import { TemporalLifeboatClient } from '../../../client/temporal-lifeboat-client.ts';
import { errorShape, LifeboatError } from '../../../domain/errors.ts';
import { copyView, cutShort, dailyCopy, drillOf, NOW, restoreDrill, viewOf } from '../client/a-schedule.ts';
import { validConfiguration } from '../configuration/valid-configuration.ts';
import { type CallOptions, call, household } from './command-line.ts';
import { ScriptedClient } from './scripted-client.ts';
import * as story from './story.ts';

/** The other end of `drill`: answers what a test wants and keeps what was asked. */
class ScriptedSchedules implements LifeboatSchedules {
  readonly asked: unknown[][] = [];
  views: readonly ScheduleView[] = [];
  temporalUnknown: ScheduleList['temporalUnknown'] = null;
  times: readonly string[] = [];
  madeAnew = false;
  refusal: LifeboatError | null = null;

  async list(): Promise<ScheduleList> {
    return { schedules: this.views, temporalUnknown: this.temporalUnknown };
  }

  async next(...words: unknown[]) {
    this.asked.push(['next', ...words]);
    return this.times;
  }

  async trigger(...words: unknown[]) {
    this.asked.push(['trigger', ...words]);
    if (this.refusal) throw this.refusal;
    return { executionId: story.EXECUTION, workflowId: 'schedule/booking/pitr-restore-now', runId: 'run-1' };
  }

  async pause(...words: unknown[]) {
    this.asked.push(['pause', ...words]);
  }

  async resume(...words: unknown[]) {
    this.asked.push(['resume', ...words]);
    return { madeAnew: this.madeAnew };
  }
}

let home: Awaited<ReturnType<typeof household>>;
let client: ScriptedClient;
let schedules: ScriptedSchedules;
beforeEach(async () => {
  home = await household();
  const content = validConfiguration();
  const booking = { ...content.services.booking, people: home.people, schedules: [restoreDrill, dailyCopy] };
  await writeFile(home.config, stringify({ ...content, banner: 'LAB: not AWS', services: { booking } }));
  client = new ScriptedClient();
  schedules = new ScriptedSchedules();
  client.schedules = schedules;
});

const drill = (words: readonly string[], options: CallOptions = {}) =>
  call(['drill', ...words, ...home.as(home.oncall)], { client, now: () => NOW, ...options });
/** Without the options that every command offered repeats, which name a folder of the moment. */
const shown = (out: string): string => out.replaceAll(/ (\\\n +)?--(config|identity) \S+/g, '');
const name = { service: 'booking', id: 'pitr-restore' };
const grown = [drillOf('2026-10-06', 18), drillOf('2026-07-07', 15), drillOf('2026-04-07', 12)];

describe('drill ls', () => {
  it('shows rhythm, last result against its target, next date, exposure and where the trend leads', async () => {
    schedules.views = [viewOf(grown), copyView({ executionId: 'sc-1', dataTime: '2026-11-21T05:00:00.000Z' })];
    const ran = await drill(['ls']);
    expect(ran.exitCode).toBe(0);
    expect(shown(ran.out)).toMatchInlineSnapshot(`
      "LAB: not AWS
      drill          every                 last               result                 next               debt
      pitr-restore   first Tue of quarter  2026-10-06 07:00Z  ✓ 18 m 00 s of 30 min  2027-01-05 08:00Z  –
      snapshot-copy  daily 04:30           07:00Z             ✓ passed               2026-11-22 03:30Z  exposure 7 h of 24 h

      trend        pitr-restore: 12 m 00 s → 15 m 00 s → 18 m 00 s, objective 30 min: passes it in about 4 quarters

      next         # when each runs
                   lifeboat drill next
      "
    `);
  });

  it('says what is owed, worst first, and offers to do something about it', async () => {
    const temporal = viewOf([]).temporal!;
    schedules.views = [
      viewOf([cutShort('2026-10-06', 10), drillOf('2026-07-07', 31, { planDigest: 'sha256:old' })], {
        temporal: { ...temporal, paused: true, note: 'approver-2: rotation' },
      }),
      copyView(null, { temporal: { ...temporal, state: 'missing', nextAt: null, previousDueAt: null } }),
    ];
    const ran = await drill(['ls']);
    expect(shown(ran.out)).toMatchInlineSnapshot(`
      "LAB: not AWS
      drill          every                 last               result                    next                 debt
      pitr-restore   first Tue of quarter  2026-10-06 07:00Z  ✗ failed after 10 m 00 s  (2027-01-05 08:00Z)  OVERDUE 46 days
                                                                                                             target missed
                                                                                                             runbook changed
                                                                                                             paused
      snapshot-copy  daily 04:30           07:00Z             ✓ passed                  –                    MISSING
                                                                                                             NO COPY

      because      pitr-restore: pr-20261006-0700-0a1b2c ended with DR_VALIDATION_FAILED
                   pitr-restore: the last that passed took 1 m 00 s longer than its objective
                   pitr-restore: paused by approver-2: rotation
                   snapshot-copy: it is not in Temporal, so it will not run; a worker makes it within a minute
                   snapshot-copy: nothing would be left if the region and its backups went
      trend        pitr-restore: 31 m 00 s → ≥ 10 m 00 s, objective 30 min (1 of 3 figures that a trend needs)

      next         # a worker puts schedules right within a minute; is there one?
                   lifeboat doctor
      "
    `);
  });

  it('fits a narrow terminal without losing anything', async () => {
    schedules.views = [viewOf(grown)];
    const ran = await drill(['ls'], { screen: { columns: 60, rows: 40 } });
    const lines = shown(ran.out).split('\n');
    expect(Math.max(...lines.map(visibleWidth))).toBeLessThanOrEqual(60);
    for (const word of ['first Tuesday 09:00', '18 m 00 s of 30 min', '2027-01-05 08:00Z', 'passes it in about']) {
      expect(lines.join('\n')).toContain(word);
    }
  });

  it('with --json is one line per schedule, with its debts and all that was read', async () => {
    schedules.views = [viewOf(grown.slice(1))];
    const ran = await drill(['ls', '--json']);
    expect(ran.lines.map(({ type }) => type)).toEqual(['drills', 'drill']);
    expect(ran.lines[0]).toMatchObject({
      next: [['lifeboat', 'drill', 'run', 'pitr-restore', '--service', 'booking']],
    });
    expect(ran.lines[1]).toMatchObject({ debts: [{ kind: 'overdue' }], executions: [{}, {}], targetSeconds: 1_800 });
  });

  it('says when nothing is declared', async () => {
    expect((await drill(['ls'])).out).toContain('none is declared');
  });
});

describe('without Temporal', () => {
  const connect: NonNullable<CallOptions['connect']> = async (configuration) =>
    new TemporalLifeboatClient(configuration, {
      get: async () => {
        throw new LifeboatError('DR_TEMPORAL_UNREACHABLE', 'Temporal does not answer at 127.0.9.60:7233');
      },
      close: async () => undefined,
    });

  it('drill ls tells what the ledger knows, says what is unknown, and ends with 0', async () => {
    const ran = await drill(['ls'], { connect });
    expect(ran.exitCode).toBe(0);
    expect(ran.out).toContain('never ran');
    expect(ran.out).toContain('Temporal does not answer at 127.0.9.60:7233: next dates, pauses and what is missing');
    expect((await drill(['ls', '--json'], { connect })).lines[0]).toMatchObject({
      temporalUnknown: { code: 'DR_TEMPORAL_UNREACHABLE' },
    });
  });

  it('drill trend needs none', async () => {
    expect((await drill(['trend', 'pitr-restore'], { connect })).exitCode).toBe(0);
  });

  it.each([['next'], ['run', 'pitr-restore'], ['pause', 'pitr-restore', '--reason', 'x'], ['resume', 'pitr-restore']])(
    'drill %s says so and ends with 1',
    async (...words) => {
      const ran = await drill(words, { connect });
      expect(ran.exitCode).toBe(1);
      expect(ran.err).toContain('DR_TEMPORAL_UNREACHABLE');
    },
  );
});

describe('drill next', () => {
  it('shows dates by the clock on the wall and in UTC, as Temporal tells them', async () => {
    schedules.times = ['2027-01-05T08:00:00.000Z', '2027-04-06T07:00:00.000Z'];
    const ran = await drill(['next', 'pitr-restore', '--count', '2']);
    expect(ran.out).toContain('Tue 2027-01-05 09:00 CET');
    expect(ran.out).toContain('Tue 2027-04-06 09:00 CEST');
    expect(ran.out).toMatch(/2027-01-05T08:00:00Z +in 45 days/);
    const [, asked, from, to] = schedules.asked[0] as [string, unknown, Date, Date];
    expect([asked, from]).toEqual([name, NOW]);
    // Two runs of a quarterly schedule lie within twice its longest interval.
    expect((to.getTime() - NOW.getTime()) / 86_400_000).toBe(2 * 98 + 1);
  });

  it('gives no more than were asked for, and all up to a day', async () => {
    schedules.times = Array.from({ length: 20 }, (_, day) => new Date(NOW.getTime() + day * 86_400_000).toISOString());
    const counted = await drill(['next', 'snapshot-copy', '--json']);
    expect((counted.lines[1] as { times: string[] }).times).toHaveLength(8);
    const until = await drill(['next', 'snapshot-copy', '--until', '2026-12-31', '--json']);
    expect((until.lines[1] as { times: string[] }).times).toHaveLength(20);
    expect(schedules.asked[1]![3]).toEqual(new Date('2026-12-31T23:59:59.999Z'));
  });

  it('without a name asks for all that are declared', async () => {
    await drill(['next']);
    expect(schedules.asked.map(([, asked]) => asked)).toEqual([name, { ...name, id: 'snapshot-copy' }]);
  });

  it.each([
    [['--count', '0'], "--count '0'"],
    [['--until', 'tomorrow'], "--until 'tomorrow'"],
    [['--until', '2026-01-01'], 'later than now'],
  ])('refuses %s', async (words, says) => {
    const ran = await drill(['next', ...words]);
    expect(ran.exitCode).toBe(2);
    expect(ran.err).toContain(says);
  });
});

describe('drill run', () => {
  it('triggers the schedule and names the execution it started', async () => {
    const ran = await drill(['run', 'pitr-restore', '--detach']);
    expect(ran.exitCode).toBe(0);
    expect(schedules.asked).toEqual([['trigger', name]]);
    expect(ran.out).toContain(`${story.EXECUTION}, by schedule pitr-restore of booking`);
    expect(ran.out).toContain(`lifeboat watch ${story.EXECUTION}`);
  });

  it('refuses while the one before still runs, offering to watch that, and ends with 5', async () => {
    schedules.refusal = new LifeboatError('DR_SCHEDULE_RUNNING', 'pr-1 still runs', { remedy: 'lifeboat watch pr-1' });
    const ran = await drill(['run', 'pitr-restore']);
    expect(ran.exitCode).toBe(5);
    expect(ran.err).toContain('lifeboat watch pr-1');
  });

  it('refuses a schedule that is not declared, naming those that are, and ends with 2', async () => {
    const ran = await drill(['run', 'nope']);
    expect(ran.exitCode).toBe(2);
    expect(ran.err).toContain('pitr-restore, snapshot-copy');
    expect(schedules.asked).toEqual([]);
  });
});

describe('drill pause and resume', () => {
  it('carry the person’s name and reason', async () => {
    expect((await drill(['pause', 'pitr-restore', '--reason', 'a rotation'])).out).toContain('will not run by itself');
    expect((await drill(['resume', 'pitr-restore'])).exitCode).toBe(0);
    expect(schedules.asked).toEqual([
      ['pause', name, 'oncall-1', 'a rotation'],
      ['resume', name, 'oncall-1', 'resumed'],
    ]);
  });

  it('asks why it must not run', async () => {
    const ran = await drill(['pause', 'pitr-restore']);
    expect(ran.exitCode).toBe(2);
    expect(ran.err).toContain('--reason is missing');
  });

  it('says when the schedule vanished and had to be made anew', async () => {
    schedules.madeAnew = true;
    expect((await drill(['resume', 'pitr-restore'])).out).toContain('a worker has made it anew');
  });

  it('refuses a stranger’s key', async () => {
    const words = ['drill', 'pause', 'pitr-restore', '--reason', 'x', ...home.as(home.stranger)];
    expect((await call(words, { client })).exitCode).toBe(4);
  });
});

describe('drill trend', () => {
  it('draws each execution against the target, lower bounds apart, and says where it leads', async () => {
    schedules.views = [viewOf([cutShort('2026-11-10', 21), ...grown])];
    const ran = await drill(['trend']);
    expect(shown(ran.out)).toMatchInlineSnapshot(`
      "LAB: not AWS
      pitr-restore booking  objective 30 min
        pr-20260407-0700-0a1b2c  2026-04-07 07:00Z  ████████████                 │    12 m 00 s  ✓ in time
        pr-20260707-0700-0a1b2c  2026-07-07 07:00Z  ███████████████              │    15 m 00 s  ✓ in time
        pr-20261006-0700-0a1b2c  2026-10-06 07:00Z  ██████████████████           │    18 m 00 s  ✓ in time
        pr-20261110-0700-0a1b2c  2026-11-10 07:00Z  ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒        │  ≥ 21 m 00 s  ✗ failed:
                                                                                                 DR_VALIDATION_FAILED
        trend      15 m 00 s → 18 m 00 s → ≥ 21 m 00 s, objective 30 min: passes it in about 3 quarters

      next         lifeboat drill ls
      "
    `);
  });

  it('says when nothing was measured', async () => {
    schedules.views = [viewOf([])];
    expect((await drill(['trend'])).out).toContain('no drill has measured anything yet');
    expect((await drill(['trend', 'pitr-restore'])).out).toContain('no execution has ended yet');
  });
});

it('a schedule without a plan says why', async () => {
  schedules.views = [viewOf(grown, { plan: { error: errorShape('DR_RUNBOOK_UNKNOWN', 'there is no runbook x') } })];
  expect((await drill(['ls'])).out.replaceAll(/\s+/g, ' ')).toContain(
    'pitr-restore: there is no runbook x (DR_RUNBOOK_UNKNOWN)',
  );
});
