import { beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { kmsKeyArn } from '../../lab/topology.ts';
import {
  backups,
  copy,
  deleteSnapshot,
  snapshotArn,
  snapshotIs,
  snapshotNamed,
  taken,
  useBackedTwin,
} from './rds-backups-harness.ts';
import { eventsIn, IRELAND, logged, PARIS, PATIENT, refusal, twin } from './rds-twin-harness.ts';

useBackedTwin();

const SOURCE = snapshotArn(IRELAND, 'before');
const PARIS_KEY = { KmsKeyId: kmsKeyArn(PARIS) };
const why = async () => (await eventsIn(PARIS, { SourceType: 'db-cluster-snapshot', EventCategories: ['failure'] }))[0];

beforeEach(() => taken('before', { Tags: [{ Key: 'origin', Value: 'ireland' }] }));

describe('a copy', () => {
  it('is made in the destination under its key, shows its progress, and names its source', async () => {
    const begun = Date.now();
    expect(await copy(SOURCE, 'copied')).toMatchObject({
      Status: 'copying',
      PercentProgress: 0,
      SnapshotType: 'manual',
      DBClusterSnapshotArn: snapshotArn(PARIS, 'copied'),
      SourceDBClusterSnapshotArn: SOURCE,
      DBClusterIdentifier: 'booking-eu-west-1',
      KmsKeyId: kmsKeyArn(PARIS),
    });
    backups.copying.get('copied')!.progress(41.9);
    expect((await snapshotNamed(PARIS, 'copied'))!.PercentProgress).toBe(41);
    backups.copying.get('copied')!.progress(100);
    expect((await snapshotNamed(PARIS, 'copied'))!.PercentProgress).toBe(99);
    backups.copying.get('copied')!.finish();
    await snapshotIs(PARIS, 'copied', 'available');
    const copied = (await snapshotNamed(PARIS, 'copied'))!;
    expect(copied).toMatchObject({ PercentProgress: 100, AllocatedStorage: 3, TagList: [] });
    // AWS dates a copy by when it was made, not by its data.
    expect(copied.SnapshotCreateTime!.getTime()).toBeGreaterThanOrEqual(begun);
    expect(copied.SnapshotCreateTime!.getTime()).toBeLessThanOrEqual(Date.now());
    expect(logged().find(({ operation }) => operation === 'CopyDBClusterSnapshot')).toMatchObject({
      region: PARIS,
      target: 'copied',
    });
  });

  it('takes its source’s tags when told to, unless it is given its own', async () => {
    const Tags = [{ Key: 'lifeboat:kind', Value: 'copy' }];
    expect((await copy(SOURCE, 'c-1', { ...PARIS_KEY, CopyTags: true })).TagList).toEqual([
      { Key: 'origin', Value: 'ireland' },
    ]);
    expect((await copy(SOURCE, 'c-2', { ...PARIS_KEY, CopyTags: true, Tags })).TagList).toEqual(Tags);
  });

  it('stays in its region under the same key when it is made there by name', async () => {
    expect((await copy('before', 'again', {}, IRELAND)).KmsKeyId).toBe(kmsKeyArn(IRELAND));
  });

  it.each([
    ['without a key of the destination', SOURCE, 'copied', {}, 'KMSKeyNotAccessibleFault'],
    ['with the source’s key', SOURCE, 'copied', { KmsKeyId: kmsKeyArn(IRELAND) }, 'KMSKeyNotAccessibleFault'],
    ['with a key that is not there', SOURCE, 'copied', { KmsKeyId: 'alias/none' }, 'KMSKeyNotAccessibleFault'],
    ['by name across regions', 'before', 'copied', PARIS_KEY, 'DBClusterSnapshotNotFoundFault'],
    ['of nothing', snapshotArn(IRELAND, 'x'), 'copied', PARIS_KEY, 'DBClusterSnapshotNotFoundFault'],
    ['to a name with a colon', SOURCE, 'rds:copied', PARIS_KEY, 'InvalidParameterValue'],
    ['to a name with two hyphens in a row', SOURCE, 'co--pied', PARIS_KEY, 'InvalidParameterValue'],
    ['to a name that is too long', SOURCE, 'c'.repeat(64), PARIS_KEY, 'InvalidParameterValue'],
  ])('is refused %s', async (_, source, target, more, code) => {
    expect(await refusal(copy(source, target, more))).toBe(code);
    expect(twin.copies).toEqual([]);
  });

  it('is refused to a name that is taken, under a disabled key, and of a source that is itself being copied', async () => {
    await copy(SOURCE, 'copied');
    expect(await refusal(copy(SOURCE, 'copied'))).toBe('DBClusterSnapshotAlreadyExistsFault');
    const unfinished = copy(snapshotArn(PARIS, 'copied'), 'again', PARIS_KEY);
    expect(await refusal(unfinished)).toBe('InvalidDBClusterSnapshotStateFault');
    twin.keys.disable(kmsKeyArn(PARIS));
    expect(await refusal(copy(SOURCE, 'other'))).toBe('KMSKeyNotAccessibleFault');
  });

  it('of an unencrypted source is refused with a key, and made without one', async () => {
    twin.setMember(IRELAND, { kmsKey: null });
    await taken('plain');
    expect(await refusal(copy(snapshotArn(IRELAND, 'plain'), 'copied'))).toBe('InvalidParameterCombination');
    expect(await copy(snapshotArn(IRELAND, 'plain'), 'copied', {})).toMatchObject({ StorageEncrypted: false });
  });
});

it('seven copies at once: five are in progress, two wait at 0 % and begin as others end', async () => {
  const names = Array.from({ length: 7 }, (_, index) => `copy-${index + 1}`);
  await Promise.all(names.map((name) => copy(SOURCE, name)));
  for (const held of backups.copying.values()) held.progress(50);
  const shown = await Promise.all(names.map((name) => snapshotNamed(PARIS, name)));
  expect(shown.map((each) => each!.Status)).toEqual(names.map(() => 'copying'));
  expect(shown.map((each) => each!.PercentProgress).toSorted()).toEqual([0, 0, 50, 50, 50, 50, 50]);
  expect(twin.copies.filter(({ state }) => state === 'queued')).toHaveLength(2);
  // The source's own region has a limit of its own.
  await copy('before', 'same-region', {}, IRELAND);
  expect(backups.copying.has('same-region')).toBe(true);
  backups.copying.get('same-region')!.finish();
  for (let done = 0; done < 7; done++) {
    await waitUntil('one to finish', () => backups.copying.size > 0, PATIENT);
    [...backups.copying.values()][0]!.finish();
  }
  for (const name of names) await snapshotIs(PARIS, name, 'available');
  expect(backups.mostCopiesAtOnce).toBeLessThanOrEqual(6);
  expect(twin.copies).toEqual([]);
});

describe('a copy ends early', () => {
  it('when its target is deleted: cancelled, its name free, and the next in the queue begins', async () => {
    for (let index = 1; index <= 6; index++) await copy(SOURCE, `copy-${index}`);
    await deleteSnapshot(PARIS, 'copy-1');
    await waitUntil('the sixth begins', () => backups.copying.has('copy-6'), PATIENT);
    expect(backups.asked).toContain('aborted copy-1');
    expect(await snapshotNamed(PARIS, 'copy-1')).toBeUndefined();
    await copy(SOURCE, 'copy-1');
    await deleteSnapshot(PARIS, 'copy-1');
    expect(twin.copies.map(({ snapshot }) => snapshot)).not.toContain('copy-1');
  });

  it('when its source is deleted, whether it was in progress or waited', async () => {
    for (let index = 1; index <= 6; index++) await copy(SOURCE, `copy-${index}`);
    await deleteSnapshot(IRELAND, 'before');
    for (let index = 1; index <= 6; index++) await snapshotIs(PARIS, `copy-${index}`, 'failed');
    expect(await why()).toMatch(/failed: the source snapshot before was deleted/);
    expect(twin.copies).toEqual([]);
  });

  it('when it is told to fail on the way: failed, with how far it got and why, and the next one goes through', async () => {
    twin.faults.copies.failNextAt(80);
    await copy(SOURCE, 'copied');
    backups.copying.get('copied')!.progress(79);
    expect((await snapshotNamed(PARIS, 'copied'))!.Status).toBe('copying');
    backups.copying.get('copied')!.progress(80);
    await snapshotIs(PARIS, 'copied', 'failed');
    expect((await snapshotNamed(PARIS, 'copied'))!.PercentProgress).toBe(80);
    expect(await why()).toBe('Copy of snapshot before to copied failed: the copy broke off at 80 %.');
    await copy(SOURCE, 'second');
    backups.copying.get('second')!.progress(100);
    backups.copying.get('second')!.finish();
    await snapshotIs(PARIS, 'second', 'available');
  });

  it('when the source’s region is lost, from which nothing new can be copied either', async () => {
    await copy(SOURCE, 'copied');
    twin.markLost(IRELAND);
    await snapshotIs(PARIS, 'copied', 'failed');
    expect(await why()).toMatch(/eu-west-1 does not answer any more/);
    expect(await refusal(copy(SOURCE, 'other'))).toBe('ServiceUnavailable');
  });

  it('when the twin closes, without waiting for it', async () => {
    await copy(SOURCE, 'copied');
    await twin.close();
    expect(backups.asked).toContain('aborted copied');
  });
});
