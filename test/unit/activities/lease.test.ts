import { describe, expect, it } from 'vitest';
import type { LeaseState } from '../../../activities/clients/clients.ts';
import { check } from '../../../activities/lease/check.ts';
import { fence } from '../../../activities/lease/fence.ts';
import { giveBack } from '../../../activities/lease/give-back.ts';
import {
  acted,
  callsOf,
  decide,
  expectDeclared,
  OBSERVED_AT,
  OBSERVED_MS,
  outputOf,
  refusalOf,
  waitOf,
} from './a-decision.ts';

const writer = (id: string, region: string, more: Partial<LeaseState['writers'][number]> = {}) => ({
  id,
  region,
  epoch: 4,
  renewedAt: '2026-11-21T03:11:58.000Z',
  rechecks: true,
  boundsTransactions: true,
  ...more,
});

const held: LeaseState = {
  epoch: 4,
  region: 'eu-west-1',
  advancedAt: '2026-11-01T00:00:00.000Z',
  ttlMs: 3_000,
  writers: [writer('pod-1', 'eu-west-1'), writer('pod-9', 'eu-west-3')],
};
/** Epoch 5, taken for Paris so long ago. The example service waits 3 s, 1 s for pauses and 0.5 s for drift. */
const taken = (agoMs: number, more: Partial<LeaseState> = {}): LeaseState => ({
  ...held,
  epoch: 5,
  region: 'eu-west-3',
  previousTtlMs: 3_000,
  advancedAt: new Date(OBSERVED_MS - agoMs).toISOString(),
  ...more,
});

describe('the fence by lease', () => {
  const input = { service: 'booking', fromRegion: 'eu-west-1', toRegion: 'eu-west-3', epochBefore: 4 };

  it('takes the next epoch for the new region, from the epoch the preflight read', () => {
    const calls = callsOf(decide(fence, input, held));
    expect(calls).toEqual([
      {
        service: 'lease',
        operation: 'Advance',
        region: 'control',
        target: 'booking epoch 4 → 5',
        input: { toRegion: 'eu-west-3', expectedEpoch: 4 },
      },
    ]);
    expectDeclared(fence, calls);
  });

  it('waits out the old lease with its margins, and not a moment less', () => {
    expect(waitOf(decide(fence, input, taken(0)))).toContain('4.5 s');
    expect(waitOf(decide(fence, input, taken(4_499)))).toContain('0.0 s');
    expect(outputOf(decide(fence, input, taken(4_500)))).toEqual({
      epoch: 5,
      proved: 'lease',
      participants: [writer('pod-1', 'eu-west-1')],
      waitedSeconds: 4.5,
      fencedAt: OBSERVED_AT,
    });
  });

  it('waits out the lease time the old writers read, though it is configured shorter by now', () => {
    expect(decide(fence, input, taken(4_500, { ttlMs: 1_000, previousTtlMs: 10_000 })).kind).toBe('wait');
  });

  it('waits out the grace of the old region’s writers, and of no others', () => {
    const graceful = [
      writer('pod-1', 'eu-west-1', { graceMs: 2_000 }),
      writer('pod-9', 'eu-west-3', { graceMs: 60_000 }),
    ];
    expect(decide(fence, input, taken(6_499, { writers: graceful })).kind).toBe('wait');
    expect(decide(fence, input, taken(6_500, { writers: graceful })).kind).toBe('done');
  });

  it('takes no second epoch when it is tried again after a crash: it waits for the one it took', () => {
    expect(decide(fence, input, taken(1_000), null).kind).toBe('wait');
    expect(decide(fence, input, taken(60_000), null).kind).toBe('done');
    expect(decide(fence, input, taken(1_000), acted(callsOf(decide(fence, input, held)))).kind).toBe('wait');
  });

  it('refuses when somebody else took the epoch, or one after it', () => {
    expect(refusalOf(decide(fence, input, taken(60_000, { region: 'eu-north-1' })))).toMatchObject({
      code: 'DR_FENCE_NOT_PROVED',
      expected: '5 for eu-west-3',
      actual: '5 for eu-north-1',
    });
    expect(refusalOf(decide(fence, input, taken(60_000, { epoch: 6 }))).code).toBe('DR_FENCE_NOT_PROVED');
  });

  it('proves less when a listed writer could commit late, and nothing when none is listed', () => {
    const proved = (writers: LeaseState['writers']) =>
      outputOf(decide(fence, input, taken(60_000, { writers }))).proved;
    const late = 'lease, late commit possible';
    expect(proved([writer('pod-1', 'eu-west-1'), writer('pod-2', 'eu-west-1', { boundsTransactions: false })])).toBe(
      late,
    );
    expect(proved([writer('pod-1', 'eu-west-1', { rechecks: false })])).toBe(late);
    expect(proved([])).toBe(late);
    expect(proved([writer('pod-9', 'eu-west-3')])).toBe(late);
  });
});

describe('checking the lease', () => {
  it('tells the epoch to fence from, how long the fence will wait and what it can prove', () => {
    expect(outputOf(decide(check, { service: 'booking' }, held))).toMatchObject({
      epoch: 4,
      region: 'eu-west-1',
      waitSeconds: 4.5,
      wouldProve: 'lease',
      participants: [{ id: 'pod-1' }, { id: 'pod-9' }],
    });
  });
});

describe('giving the lease back', () => {
  const input = { service: 'booking', toRegion: 'eu-west-1', epochBefore: 4 };

  it('takes a further epoch for the old region', () => {
    const calls = callsOf(decide(giveBack, input, taken(1_000)));
    expect(calls[0]!.input).toEqual({ toRegion: 'eu-west-1', expectedEpoch: 5 });
    expectDeclared(giveBack, calls);
  });

  it('changes nothing when the old region holds the lease, fenced or not', () => {
    expect(outputOf(decide(giveBack, input, held))).toEqual({ epoch: 4, region: 'eu-west-1' });
    expect(outputOf(decide(giveBack, input, taken(0, { epoch: 6, region: 'eu-west-1' })))).toEqual({
      epoch: 6,
      region: 'eu-west-1',
    });
  });

  it('changes nothing when the fence never took an epoch', () => {
    expect(decide(giveBack, input, { ...held, region: 'eu-north-1' }).kind).toBe('done');
  });

  it('refuses to take away an epoch that somebody else took after the fence', () => {
    expect(refusalOf(decide(giveBack, input, taken(0, { epoch: 6, region: 'eu-north-1' })))).toMatchObject({
      code: 'DR_LEASE_EPOCH_CHANGED',
      retryable: false,
    });
  });
});
