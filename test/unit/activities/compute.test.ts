import { describe, expect, it } from 'vitest';
import { callFailure } from '../../../activities/clients/call-failure.ts';
import type { Clients } from '../../../activities/clients/clients.ts';
import { confirmCapacity } from '../../../activities/compute/confirm-capacity.ts';
import { readDeployments } from '../../../activities/compute/read-deployments.ts';
import { readScale } from '../../../activities/compute/read-scale.ts';
import { restoreScale } from '../../../activities/compute/restore-scale.ts';
import { scale } from '../../../activities/compute/scale.ts';
import { start } from '../../../activities/compute/start.ts';
import { stop } from '../../../activities/compute/stop.ts';
import { acted, callsOf, decide, expectDeclared, OBSERVED_AT, outputOf, waitOf } from './a-decision.ts';

const input = { region: 'eu-west-3', deployments: [{ namespace: 'booking', name: 'booking', minimumReplicas: 3 }] };
const deployment = (replicas: number, more: Partial<Seen> = {}): Seen => ({
  namespace: 'booking',
  name: 'booking',
  minimumReplicas: 3,
  replicas,
  readyReplicas: replicas,
  observed: true,
  ...more,
});
interface Seen {
  readonly namespace: string;
  readonly name: string;
  readonly minimumReplicas: number;
  readonly replicas: number;
  readonly readyReplicas: number;
  readonly observed: boolean;
}

describe('scaling', () => {
  it('raises what is below its replicas, and only that', () => {
    const calls = callsOf(decide(scale, input, [deployment(1), deployment(7, { name: 'search' })]));
    expect(calls.map(({ target }) => target)).toEqual(['booking 1 → 3 in eu-west-3']);
    expect(calls[0]!.input).toEqual({ namespace: 'booking', name: 'booking', from: 1, replicas: 3 });
    expectDeclared(scale, calls);
  });

  it('never lowers a deployment', () => {
    expect(outputOf(decide(scale, input, [deployment(20)])).deployments).toEqual([
      { namespace: 'booking', name: 'booking', before: 20, after: 20 },
    ]);
  });

  it('remembers what it was before it scaled, per namespace', () => {
    const two = [deployment(1), deployment(2, { namespace: 'staging' })];
    const calls = callsOf(decide(scale, input, two));
    const after = two.map((seen) => ({ ...seen, replicas: 3 }));
    expect(outputOf(decide(scale, input, after, acted(calls))).deployments.map(({ before }) => before)).toEqual([1, 2]);
  });

  it('does not scale twice what has not shown yet', () => {
    const calls = callsOf(decide(scale, input, [deployment(1)]));
    expect(waitOf(decide(scale, input, [deployment(1)], acted(calls)))).toContain('not scaled yet');
  });
});

describe('restoring the scale', () => {
  const restoring = {
    region: 'eu-west-3',
    deployments: [{ namespace: 'booking', name: 'booking', replicas: 1, ready: 1 }],
  };

  it('sets replicas back to the reading, down as well as up', () => {
    const calls = callsOf(decide(restoreScale, restoring, [{ ...deployment(3), wanted: 1 }]));
    expect(calls[0]).toMatchObject({ target: 'booking 3 → 1 in eu-west-3', input: { replicas: 1 } });
    expectDeclared(restoreScale, calls);
    expect(decide(restoreScale, restoring, [{ ...deployment(0), wanted: 1 }]).kind).toBe('call');
  });

  it('does nothing when they are as they were, and not twice what has not shown yet', () => {
    expect(decide(restoreScale, restoring, [{ ...deployment(1), wanted: 1 }]).kind).toBe('done');
    const calls = callsOf(decide(restoreScale, restoring, [{ ...deployment(3), wanted: 1 }]));
    expect(decide(restoreScale, restoring, [{ ...deployment(3), wanted: 1 }], acted(calls)).kind).toBe('wait');
  });
});

describe('stopping writers', () => {
  const stopping = { ...input, service: 'booking' };
  const writer = (agoMs: number, more: { region?: string } = {}) => ({
    ...{ id: 'booking-1', region: 'eu-west-3', epoch: 1, rechecks: true, boundsTransactions: true },
    renewedAt: new Date(Date.parse(OBSERVED_AT) - agoMs).toISOString(),
    ...more,
  });
  const lease = (...writers: ReturnType<typeof writer>[]) => ({
    ...{ epoch: 1, region: 'eu-west-3', advancedAt: OBSERVED_AT, ttlMs: 3_000 },
    writers,
  });
  const seen = (replicas: number, more: Partial<Seen> = {}, ...writers: ReturnType<typeof writer>[]) => ({
    deployments: [deployment(replicas, more)],
    lease: lease(...writers),
  });

  it('scales everything to nothing, and says what ran before', () => {
    const calls = callsOf(decide(stop, stopping, seen(4)));
    expect(calls.map(({ target }) => target)).toEqual(['booking 4 → 0 in eu-west-3']);
    expectDeclared(stop, calls);
    expect(outputOf(decide(stop, stopping, seen(0), acted(calls)))).toEqual({
      deployments: [{ namespace: 'booking', name: 'booking', before: 4, after: 0 }],
      fencedAt: OBSERVED_AT,
    });
  });

  it('waits for the last ready pod, and for a status that is up to date', () => {
    expect(waitOf(decide(stop, stopping, seen(0, { readyReplicas: 1 })))).toBe('booking: 1 still ready');
    expect(decide(stop, stopping, seen(0, { observed: false })).kind).toBe('wait');
  });

  it('does not believe in an end while a writer of the region may hold the lease', () => {
    expect(waitOf(decide(stop, stopping, seen(0, {}, writer(200))))).toContain('booking-1 may still hold');
    expect(decide(stop, stopping, seen(0, {}, writer(3_600_000))).kind).toBe('done');
    expect(decide(stop, stopping, seen(0, {}, writer(200, { region: 'eu-west-1' }))).kind).toBe('done');
  });

  it('is taken back by setting replicas to what was read', () => {
    const reading = { namespace: 'booking', name: 'booking', replicas: 12, ready: 12 };
    const starting = { ...input, asRead: [reading], stopped: [] };
    const calls = callsOf(decide(start, starting, [deployment(0)]));
    expect(calls.map(({ target }) => target)).toEqual(['booking 0 → 12 in eu-west-3']);
    expectDeclared(start, calls);
    expect(decide(start, starting, [deployment(12)], acted(calls)).kind).toBe('done');
    expect(waitOf(decide(start, starting, [deployment(0)], acted(calls)))).toContain('not scaled yet');
  });

  it('starts as many as ran when it was stopped, where more had come by then', () => {
    const reading = { namespace: 'booking', name: 'booking', replicas: 3, ready: 3 };
    const starting = { ...input, asRead: [reading], stopped: [{ namespace: 'booking', name: 'booking', before: 10 }] };
    expect(callsOf(decide(start, starting, [deployment(0)]))[0]?.target).toBe('booking 0 → 10 in eu-west-3');
  });

  it('starts no fewer than production needs, and a dry run names it although nothing is stopped', () => {
    const starting = {
      ...input,
      asRead: [{ namespace: 'booking', name: 'booking', replicas: 1, ready: 1 }],
      stopped: [],
    };
    expect(callsOf(decide(start, starting, [deployment(0)]))[0]?.target).toBe('booking 0 → 3 in eu-west-3');
    expect(decide(start, starting, [deployment(3)], null, { mode: 'dry_run' })).toMatchObject({
      kind: 'wait',
      calls: [{ target: 'booking 0 → 3 in eu-west-3' }],
    });
  });
});

describe('confirming capacity', () => {
  it('waits until enough replicas are ready, and says how many are', () => {
    expect(waitOf(decide(confirmCapacity, input, [deployment(3, { readyReplicas: 2 })]))).toBe('booking 2 of 3 ready');
    expect(outputOf(decide(confirmCapacity, input, [deployment(3)])).capacityReadyAt).toBe(OBSERVED_AT);
  });

  it('does not believe a status that the controller has not brought up to date', () => {
    expect(decide(confirmCapacity, input, [deployment(3, { observed: false })]).kind).toBe('wait');
  });
});

describe('reading the scale', () => {
  it('counts the replicas that are missing, and never fewer than none', () => {
    const seen = [deployment(1, { readyReplicas: 0 }), deployment(9, { name: 'search' })];
    expect(outputOf(decide(readScale, input, seen))).toMatchObject({
      missingReplicas: 2,
      deployments: [{ replicas: 1, ready: 0 }, { replicas: 9 }],
    });
  });

  const clients = (failure: Error) =>
    ({ deployment: () => Promise.reject(callFailure(failure, 'deployment booking')) }) as unknown as Clients;
  const read = (failure: Error) => readDeployments(clients(failure), 'eu-west-3', input.deployments);

  it('names a deployment that its cluster does not have', async () => {
    const notFound = Object.assign(new Error('HTTP-Code: 404'), { code: 404 });
    await expect(read(notFound)).rejects.toMatchObject({
      shape: { code: 'DR_COMPUTE_NOT_READY', expected: 'booking/booking', retryable: false },
    });
  });

  it('does not take a cluster that does not answer for one without the deployment', async () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.3.4:40443'), { code: 'ECONNREFUSED' });
    await expect(read(refused)).rejects.toMatchObject({ shape: { code: 'DR_CALL_FAILED', retryable: true } });
  });
});
