import { describe, expect, it } from 'vitest';
import { exposure } from '../../../activities/measure/exposure.ts';
import { restore } from '../../../activities/measure/restore.ts';
import type { SeenCopy } from '../../../activities/snapshot/copies.ts';
import { decide, OBSERVED_AT, outputOf, refusalOf, waitOf } from './a-decision.ts';

describe('measuring a restore', () => {
  const input = {
    restoreRequestedAt: '2026-11-21T03:00:00.000Z',
    validatedAt: '2026-11-21T03:10:00.000Z',
    restoredTo: '2026-11-21T02:59:50.000Z',
    firstLookAt: '2026-11-21T02:59:55.000Z',
    latestAtFirstLook: '2026-11-21T02:57:00.000Z',
    newestCanaryAt: '2026-11-21T02:59:49.500Z',
    sizeBytes: 600_000,
  };
  const measured = (change: Partial<typeof input> | Partial<Record<keyof typeof input, null>> = {}) =>
    outputOf(decide(restore, { ...input, ...change } as typeof input, null));

  it('counts from asked for until validated, and how fast the bytes came back', () => {
    expect(measured().restore).toEqual({
      requestedAt: input.restoreRequestedAt,
      validatedAt: input.validatedAt,
      restoreSeconds: 600,
      restoredTo: input.restoredTo,
      recoveryPointSeconds: 175,
      precisionSeconds: 0.5,
      sizeBytes: 600_000,
      bytesPerSecond: 1_000,
    });
  });

  it('gives the service no RTO and no RPO, and says why', () => {
    const reason = 'a restore beside the running service: nobody was without it';
    expect(measured()).toMatchObject({
      rtoSeconds: null,
      rpo: null,
      notMeasured: { rto: { reason }, rpo: { reason } },
      vantage: null,
      samples: null,
    });
  });

  it('leaves unknown what was not read: no window, no canary, no size', () => {
    expect(
      measured({ firstLookAt: null, latestAtFirstLook: null, newestCanaryAt: null, sizeBytes: null }).restore,
    ).toMatchObject({ recoveryPointSeconds: null, precisionSeconds: null, sizeBytes: null, bytesPerSecond: null });
  });

  it('makes no negative loss of a window that was ahead of our clock, and no rate of no time', () => {
    expect(measured({ latestAtFirstLook: '2026-11-21T03:00:00.000Z' }).restore?.recoveryPointSeconds).toBe(0);
    expect(measured({ validatedAt: input.restoreRequestedAt }).restore).toMatchObject({
      restoreSeconds: 0,
      bytesPerSecond: null,
    });
  });

  it('calls nothing measured in a dry run', () => {
    expect(waitOf(decide(restore, input, null, null, { mode: 'dry_run' }))).toContain('once something was restored');
  });
});

describe('measuring the exposure', () => {
  const input = {
    region: 'eu-west-3',
    cluster: 'booking-ew1',
    intervalSeconds: 86_400,
    snapshotSeconds: 30,
    copySeconds: 90,
    copiedAt: '2026-11-21T03:11:00.000Z',
  };
  const copy = (dataTime: string | null, more: Partial<SeenCopy> = {}): SeenCopy => ({
    id: `of ${dataTime}`,
    arn: 'arn',
    status: 'available',
    execution: 'sc-1',
    dataTime,
    validatedAt: null,
    inDoubt: false,
    held: false,
    encrypted: true,
    sizeBytes: null,
    ordinal: null,
    ...more,
  });
  const newest = '2026-11-21T03:09:00.000Z';

  it('is now minus the data time of the newest usable copy', () => {
    const output = outputOf(decide(exposure, input, [copy('2026-11-20T03:00:00.000Z'), copy(newest)]));
    expect(output.copy).toEqual({
      copySeconds: 90,
      dataTime: newest,
      exposureSeconds: 180,
      worstExposureSeconds: 86_400 + 120,
      newestCopy: `of ${newest}`,
    });
    expect(output).toMatchObject({ rtoSeconds: null, rpo: null });
  });

  it.each<[string, Partial<SeenCopy>]>([
    ['still being copied', { status: 'copying' }],
    ['not ours', { execution: null }],
  ])('counts no copy that is %s, however new', (_, change) => {
    const output = outputOf(decide(exposure, input, [copy(OBSERVED_AT, change), copy(newest)]));
    expect(output.copy?.dataTime).toBe(newest);
  });

  it('is at worst the interval, and what the data was behind when its copy was there', () => {
    const old = '2026-11-20T21:11:00.000Z';
    expect(outputOf(decide(exposure, input, [copy(old)])).copy?.worstExposureSeconds).toBe(86_400 + 6 * 3_600);
  });

  it('does not know the worst case where nothing says how often', () => {
    expect(
      outputOf(decide(exposure, { ...input, intervalSeconds: null }, [copy(newest)])).copy?.worstExposureSeconds,
    ).toBeNull();
  });

  it('carries along what restoring the copy took', () => {
    const restored = {
      requestedAt: newest,
      validatedAt: newest,
      restoreSeconds: 0,
      restoredTo: newest,
      recoveryPointSeconds: null,
      precisionSeconds: null,
      sizeBytes: null,
      bytesPerSecond: null,
    };
    expect(outputOf(decide(exposure, { ...input, restore: restored }, [copy(newest)])).restore).toEqual(restored);
    expect(outputOf(decide(exposure, input, [copy(newest)]))).not.toHaveProperty('restore');
  });

  it('refuses where there is no usable copy: an exposure without end is no figure', () => {
    expect(refusalOf(decide(exposure, input, [copy(null)])).code).toBe('DR_SNAPSHOT_MISSING');
    expect(waitOf(decide(exposure, input, [], null, { mode: 'dry_run' }))).toContain('no usable copy');
  });
});
