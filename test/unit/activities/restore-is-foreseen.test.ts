import type { DBCluster } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { awaitRestorable } from '../../../activities/restore/await-restorable.ts';
import { estimate } from '../../../activities/restore/estimate.ts';
import { restorableInstant } from '../../../activities/restore/restorable-instant.ts';
import type { MeasuredRestore } from '../../../domain/objective.ts';
import { decide, outputOf, refusalOf, waitOf } from './a-decision.ts';
import { region, window } from './a-restored-cluster.ts';

describe('an instant as a restore call takes it', () => {
  it.each([
    ['2026-11-21T03:12:07.412345Z', '2026-11-21T03:12:07.413Z'],
    ['2026-11-21T03:12:07.412000Z', '2026-11-21T03:12:07.412Z'],
    ['2026-11-21T03:12:07.999001Z', '2026-11-21T03:12:08.000Z'],
    ['2026-11-21T03:12:07.4Z', '2026-11-21T03:12:07.400Z'],
    ['2026-11-21T03:12:07Z', '2026-11-21T03:12:07.000Z'],
    ['2026-11-21T04:12:07.0000001+01:00', '2026-11-21T03:12:07.001Z'],
  ])('rounds %s up to %s: what was committed by then is not cut off', (asked, sent) => {
    expect(restorableInstant(asked)).toBe(sent);
  });

  it('is none when the text is none', () => {
    expect(restorableInstant('last Tuesday')).toBeNull();
  });
});

describe('waiting until the instant can be restored', () => {
  const input = { region, cluster: 'booking-ew1', restoreTo: '2026-11-21T03:09:59.999500Z' };
  const source: DBCluster = { BackupRetentionPeriod: 7, ...window };
  const firstLook = { at: '2026-11-21T03:08:00.000Z', latest: '2026-11-21T03:04:00.000Z' };
  const see = (cluster: DBCluster | null, look: typeof firstLook | null = firstLook) => ({ cluster, firstLook: look });

  it('is done only when the latest restorable instant lies behind the wanted one, rounded up', () => {
    expect(waitOf(decide(awaitRestorable, input, see(source)))).toContain('0.0 s before what is wanted');
    const later = { ...source, LatestRestorableTime: new Date('2026-11-21T03:10:00.001Z') };
    expect(outputOf(decide(awaitRestorable, input, see(later)))).toEqual({
      restoreTo: '2026-11-21T03:10:00.000Z',
      earliestAt: '2026-11-14T03:00:00.000Z',
      latestAt: '2026-11-21T03:10:00.001Z',
      firstLookAt: firstLook.at,
      latestAtFirstLook: firstLook.latest,
    });
  });

  it('waits, with the reason, while no backup is complete', () => {
    expect(waitOf(decide(awaitRestorable, input, see({ BackupRetentionPeriod: 7 }, null)))).toContain(
      'no backup of it is complete',
    );
  });

  it('refuses an instant older than the window, saying how far the window goes', () => {
    const error = refusalOf(decide(awaitRestorable, { ...input, restoreTo: '2026-11-14T02:59:59.999Z' }, see(source)));
    expect(error.code).toBe('DR_RESTORE_OUTSIDE_WINDOW');
    expect(error.message).toContain('from 2026-11-14T03:00:00.000Z to 2026-11-21T03:10:00.000Z');
  });

  it('takes the oldest instant of the window itself', () => {
    expect(
      outputOf(decide(awaitRestorable, { ...input, restoreTo: '2026-11-14T03:00:00Z' }, see(source))).restoreTo,
    ).toBe('2026-11-14T03:00:00.000Z');
  });

  it('refuses where backups are off, or no cluster is', () => {
    expect(refusalOf(decide(awaitRestorable, input, see({ BackupRetentionPeriod: 0 }))).code).toBe('DR_BACKUPS_OFF');
    expect(refusalOf(decide(awaitRestorable, input, see(null))).message).toContain('is not in eu-west-1');
  });

  it('refuses what is no instant', () => {
    expect(refusalOf(decide(awaitRestorable, { ...input, restoreTo: 'yesterday' }, see(source)))).toMatchObject({
      code: 'DR_INPUT_INVALID',
      field: 'restoreTo',
    });
  });
});

describe('estimating a restore', () => {
  const GB = 1024 ** 3;
  const MB = 1024 ** 2;
  const past = (...rates: (number | null)[]): MeasuredRestore[] =>
    rates.map((bytesPerSecond) => ({ bytesPerSecond }) as MeasuredRestore);
  const about = { region, sizeBytes: 500 * GB, objectiveSeconds: 900, objectiveName: 'RTO' };

  it('divides the size by the median rate, and warns in numbers when the objective cannot be met', () => {
    const output = outputOf(decide(estimate, about, past(100 * MB, 90 * MB, 400 * MB, null)));
    expect(output).toMatchObject({
      bytesPerSecond: 100 * MB,
      restoresMeasured: 3,
      predictedSeconds: 5_120,
      meetsObjective: false,
    });
    expect(output.warnings).toEqual([
      'a 500 GB restore at 100 MB/s takes 85 min; your RTO is 15 min: keep a warm standby',
    ]);
  });

  it('takes the mean of the middle two of an even number', () => {
    expect(outputOf(decide(estimate, about, past(10, 40, 20, 100))).bytesPerSecond).toBe(30);
  });

  it('says nothing more when the objective is met, exactly too', () => {
    expect(outputOf(decide(estimate, { ...about, sizeBytes: 900 * MB }, past(MB)))).toMatchObject({
      predictedSeconds: 900,
      meetsObjective: true,
      warnings: [],
    });
  });

  it('says that nothing is known without a past restore or a size, and never takes that for a promise', () => {
    const unmeasured = outputOf(decide(estimate, about, past(null)));
    expect(unmeasured).toMatchObject({ bytesPerSecond: null, predictedSeconds: null, meetsObjective: null });
    expect(unmeasured.warnings).toEqual([expect.stringContaining('nobody knows how long one takes')]);
    const sizeless = outputOf(decide(estimate, { ...about, sizeBytes: null }, past(MB)));
    expect(sizeless).toMatchObject({ predictedSeconds: null, meetsObjective: null });
    expect(sizeless.warnings).toEqual([expect.stringContaining('nothing says how large')]);
  });

  it('judges nothing where there is no objective', () => {
    expect(outputOf(decide(estimate, { ...about, objectiveSeconds: null }, past(MB)))).toMatchObject({
      meetsObjective: null,
      warnings: [],
    });
  });
});
