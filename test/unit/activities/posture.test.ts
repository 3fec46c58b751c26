import type { HealthCheckConfig, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { compute } from '../../../activities/posture/compute.ts';
import { dns } from '../../../activities/posture/dns.ts';
import { drills } from '../../../activities/posture/drills.ts';
import { evidence } from '../../../activities/posture/evidence.ts';
import { leftovers } from '../../../activities/posture/leftovers.ts';
import { verdict } from '../../../activities/posture/verdict.ts';
import type { Finding } from '../../../runbooks/actions/posture/findings.ts';
import { decide, OBSERVED_AT, outputOf, refusalOf } from './a-decision.ts';
import { ago, answers, expectTold, notFine, only, silence, verdicts } from './posture-findings.ts';

describe('the DNS switch', () => {
  const input = {
    name: 'booking.example.com',
    zone: 'example.com',
    region: 'eu-west-3',
    bucket: 'booking-switch',
    key: 'serve',
    protectedAddress: '192.0.2.10',
    recoveryAddress: '198.51.100.10',
    ttlAtMostSeconds: 60,
  };
  const record = (Value: string, TTL = 60): ResourceRecordSet => ({
    Name: 'booking.example.com.',
    Type: 'A',
    TTL,
    ResourceRecords: [{ Value }],
  });
  const check: HealthCheckConfig = { Type: 'HTTP', Inverted: true, ResourcePath: '/booking-switch/serve' };
  const standing = { primary: record('192.0.2.10'), secondary: record('198.51.100.10'), check };
  const judge = (
    records: Partial<{ [Key in keyof typeof standing]: (typeof standing)[Key] | null }> | typeof silence = {},
    object: { etag: string } | null | typeof silence = null,
  ) => {
    const { findings } = outputOf(
      decide(dns, input, {
        records: records === silence ? silence : answers({ ...standing, ...(records as object) }),
        object: object === silence ? silence : answers(object as { etag: string } | null),
      }),
    );
    expectTold(findings);
    return findings;
  };

  it('is fine when the records stand there, are cached for a minute, and point at the protected side', () => {
    expect(verdicts(judge())).toEqual(['dns:records: fine', 'dns:ttl: fine', 'dns:switch: fine']);
  });

  it('is a critical finding when the records could not move traffic', () => {
    expect(only(notFine(judge({ secondary: null })))).toMatchObject({ id: 'dns:records', severity: 'critical' });
    expect(only(notFine(judge({ check: { ...check, Inverted: false } }))).what).toContain('not inverted');
  });

  it('is a warning when answers are cached for longer, or the switch was thrown already', () => {
    expect(only(notFine(judge({ primary: record('192.0.2.10', 300) }))).what).toContain('cached 300 s, at most 60 s');
    expect(only(notFine(judge({}, { etag: '"1"' }))).what).toBe('the switch stands on the recovery side');
  });

  it('is unknown where Route 53 or the object store does not answer', () => {
    expect(verdicts(notFine(judge(silence)))).toEqual(['dns:records: unknown', 'dns:ttl: unknown']);
    expect(verdicts(notFine(judge({}, silence)))).toEqual(['dns:switch: unknown']);
  });
});

describe('pods and disruption budgets', () => {
  const wanted = { region: 'eu-west-3', namespace: 'booking', name: 'booking', readyAtLeast: 1, replicas: 3 };
  const pods = (readyReplicas: number) =>
    answers({ name: 'booking', replicas: readyReplicas, readyReplicas, observed: true });
  const judge = (change: Partial<Parameters<typeof compute.decide>[1][number]> = {}) => {
    const seen = { wanted, state: pods(1), budgets: answers(['booking']), ...change };
    const { findings } = outputOf(decide(compute, { deployments: [seen.wanted] }, [seen]));
    expectTold(findings);
    return findings;
  };

  it('are fine when enough are ready and a budget keeps them', () => {
    expect(verdicts(judge())).toEqual([
      'compute:ready:eu-west-3:booking/booking: fine',
      'compute:budget:eu-west-3:booking/booking: fine',
    ]);
  });

  it('are a critical finding when too few are ready, or the deployment is not there', () => {
    expect(only(notFine(judge({ state: pods(0) })))).toMatchObject({
      severity: 'critical',
      what: 'booking has 0 ready in eu-west-3, at least 1 wanted; 3 carry production',
    });
    expect(only(notFine(judge({ state: answers(null) }))).what).toBe('eu-west-3 has no deployment booking/booking');
    const atHome = { ...wanted, region: 'eu-west-1', readyAtLeast: 3 };
    expect(only(notFine(judge({ wanted: atHome, state: pods(2) }))).what).toBe(
      'booking has 2 ready in eu-west-1, at least 3 wanted',
    );
  });

  it('are a warning without a budget', () => {
    expect(only(notFine(judge({ budgets: answers([]) })))).toMatchObject({ verdict: 'finding', severity: 'warning' });
  });

  it('are unknown where the cluster does not answer, or does not serve budgets', () => {
    expect(verdicts(notFine(judge({ state: silence, budgets: silence })))).toEqual([
      'compute:ready:eu-west-3:booking/booking: unknown',
      'compute:budget:eu-west-3:booking/booking: unknown',
    ]);
    expect(only(notFine(judge({ budgets: answers(null) }))).verdict).toBe('unknown');
  });
});

describe('the evidence store', () => {
  it.each([
    ['fine', answers(true)],
    ['finding', answers(false)],
    ['unknown', silence],
  ])('is %s by what writing would do', (expected, writable) => {
    const { findings } = outputOf(decide(evidence, {}, writable));
    expectTold(findings);
    expect(verdicts(findings)).toEqual([`evidence:writable: ${expected}`]);
  });
});

describe('drills', () => {
  const DAY = 86_400;
  const schedule = {
    id: 'pitr-restore',
    runbook: 'pitr-restore-drill',
    every: 'quarterly: first Tuesday 09:00 Europe/Paris',
    currentForSeconds: 98 * DAY,
  };
  const run = (secondsAgo: number, outcome: 'succeeded' | 'failed' | 'aborted', id = schedule.id) => ({
    schedule: id,
    endedAt: ago(secondsAgo),
    outcome,
  });
  const judge = (...history: ReturnType<typeof run>[]) => {
    const { findings } = outputOf(decide(drills, { service: 'booking', schedules: [schedule] }, answers(history)));
    expectTold(findings);
    return only(findings);
  };

  it('are current when one has passed within the time it counts', () => {
    expect(judge(run(97 * DAY, 'succeeded'))).toMatchObject({ verdict: 'fine' });
  });

  it.each([
    ['none ever ran', [], 'pitr-restore has never run'],
    ['the last pass is too old', [run(99 * DAY, 'succeeded')], 'last passed 99 days ago'],
    ['only failures are younger', [run(99 * DAY, 'succeeded'), run(DAY, 'failed')], '; the newest run failed'],
    ['none has passed', [run(DAY, 'aborted')], 'has never passed; the newest run aborted'],
    ['only another one passed', [run(DAY, 'succeeded', 'snapshot-copy')], 'has never run'],
  ] as const)('are overdue when %s', (_when, history, says) => {
    const found = judge(...history);
    expect(found).toMatchObject({ id: 'drills:pitr-restore', verdict: 'finding', severity: 'warning' });
    expect(found.what).toContain(says);
  });

  it('tell of a failure after a pass that still counts', () => {
    const found = judge(run(2 * DAY, 'succeeded'), run(DAY, 'failed'));
    expect(found).toMatchObject({
      verdict: 'fine',
      what: 'pitr-restore last passed 2 days ago; the newest run failed',
    });
  });

  it('are unknown when the ledger cannot be read, and a finding when none is declared', () => {
    const unread = outputOf(decide(drills, { service: 'booking', schedules: [schedule] }, silence)).findings;
    expect(verdicts(unread)).toEqual(['drills:pitr-restore: unknown']);
    const none = outputOf(decide(drills, { service: 'booking', schedules: [] }, answers([]))).findings;
    expect(verdicts(none)).toEqual(['drills:declared: finding']);
  });
});

describe('leftovers', () => {
  const restored = (name: string, life: 'running' | 'ended' | 'unknown') => ({ name, execution: 'pr-1', life });
  const judge = (seen: ReturnType<typeof restored>[] | typeof silence) => {
    const heard = seen === silence ? silence : answers(seen as ReturnType<typeof restored>[]);
    const { findings } = outputOf(
      decide(leftovers, { service: 'booking', regions: ['eu-west-1'] }, [{ region: 'eu-west-1', restored: heard }]),
    );
    expectTold(findings);
    return findings;
  };

  it('are none while all that is restored belongs to what runs', () => {
    expect(only(judge([])).verdict).toBe('fine');
    expect(only(judge([restored('cluster/pr-1-db', 'running')])).verdict).toBe('fine');
  });

  it('are named, once their execution has ended', () => {
    const found = only(judge([restored('cluster/pr-1-db', 'ended'), restored('instance/pr-1-db-1', 'ended')]));
    expect(found).toMatchObject({ verdict: 'finding' });
    expect(found.what).toContain('cluster/pr-1-db, instance/pr-1-db-1: of executions that have ended');
  });

  it('are unknown where nobody knows the execution, or the region does not answer', () => {
    expect(only(judge([restored('cluster/pr-1-db', 'unknown')])).what).toContain('nobody knows the execution');
    expect(only(judge(silence)).verdict).toBe('unknown');
  });
});

describe('the verdict', () => {
  const finding = (change: Partial<Finding>): Finding => ({
    id: 'a',
    verdict: 'fine',
    severity: 'critical',
    what: 'something',
    why: 'because',
    remedy: '',
    ...change,
  });
  const judge = (...areas: { area: string; findings?: Finding[] }[]) => decide(verdict, { areas }, null);

  it('passes with warnings, which it repeats', () => {
    const warning = finding({ verdict: 'finding', severity: 'warning', what: 'TTL is long' });
    expect(outputOf(judge({ area: 'dns', findings: [finding({}), warning] }))).toEqual({
      fine: 1,
      warnings: ['TTL is long'],
      lookedAt: OBSERVED_AT,
    });
  });

  it('is refused over what is critical: what is wrong in its own words, what is unknown by its name', () => {
    const error = refusalOf(
      judge(
        {
          area: 'backups',
          findings: [
            finding({ verdict: 'finding', what: 'backups are off' }),
            finding({ verdict: 'unknown', id: 'backups:copy-age', what: 'how old: unknown, no answer in 6 s' }),
          ],
        },
        { area: 'dns' },
      ),
    );
    expect(error).toMatchObject({
      code: 'DR_POSTURE',
      retryable: false,
      message: '3 critical: backups are off; unknown: backups:copy-age, dns',
      remedy: 'lifeboat posture --service booking',
    });
  });

  it.each(['finding', 'unknown'] as const)('is refused over a single critical %s', (judged) => {
    expect(refusalOf(judge({ area: 'a', findings: [finding({ verdict: judged })] })).code).toBe('DR_POSTURE');
  });

  it('is refused over an area that nobody looked at', () => {
    expect(refusalOf(judge({ area: 'dns' })).message).toBe('1 critical: unknown: dns');
  });
});
