import * as rds from '@aws-sdk/client-rds';
import { beforeEach, describe, expect, it } from 'vitest';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { clusterArn, clusterId, kmsKeyArn } from '../../lab/topology.ts';
import {
  backups,
  clusterIs,
  copy,
  deleteSnapshot,
  restored,
  snapshotArn,
  snapshotIs,
  snapshotNamed,
  snapshotsIn,
  taken,
  useBackedTwin,
} from './rds-backups-harness.ts';
import { client, eventsIn, IRELAND, PARIS, PATIENT, refusal, setDurations, start, twin } from './rds-twin-harness.ts';

useBackedTwin();

const create = (input: Partial<rds.CreateDBClusterSnapshotCommandInput> = {}) =>
  client(IRELAND).send(
    new rds.CreateDBClusterSnapshotCommand({
      DBClusterSnapshotIdentifier: 'before',
      DBClusterIdentifier: clusterId(IRELAND),
      ...input,
    }),
  );
const automatedIn = async () => (await snapshotsIn(IRELAND, { SnapshotType: 'automated' })) as rds.DBClusterSnapshot[];
/** The first one once it is available. Told by its status, not by its place: a second one may be on its way. */
async function firstAutomated(): Promise<rds.DBClusterSnapshot> {
  let first: rds.DBClusterSnapshot | undefined;
  const isAvailable = async () => {
    first = (await automatedIn()).find(({ Status }) => Status === 'available');
    return first !== undefined;
  };
  await waitUntil('the first automated snapshot is available', isAvailable, PATIENT);
  return first!;
}

describe('a manual snapshot', () => {
  it('is created, then available under the cluster’s key, dated by its data, with tags of the cluster and its own', async () => {
    const Tags = [{ Key: 'lifeboat:kind', Value: 'snapshot' }];
    await client(IRELAND).send(
      new rds.AddTagsToResourceCommand({ ResourceName: clusterArn(IRELAND), Tags: [{ Key: 'team', Value: 'a' }] }),
    );
    const { DBClusterSnapshot } = await create({ Tags });
    expect(DBClusterSnapshot).toMatchObject({ Status: 'creating', PercentProgress: 0, SnapshotType: 'manual' });
    await snapshotIs(IRELAND, 'before', 'available');
    expect(await snapshotNamed(IRELAND, 'before')).toMatchObject({
      DBClusterSnapshotArn: snapshotArn(IRELAND, 'before'),
      DBClusterIdentifier: 'booking-eu-west-1',
      PercentProgress: 100,
      SnapshotCreateTime: new Date('2026-11-21T11:00:00.250Z'),
      AllocatedStorage: 3,
      StorageEncrypted: true,
      KmsKeyId: kmsKeyArn(IRELAND),
      TagList: [{ Key: 'team', Value: 'a' }, ...Tags],
    });
    expect(await eventsIn(IRELAND, { SourceType: 'db-cluster-snapshot', SourceIdentifier: 'before' })).toEqual([
      'Creating manual cluster snapshot.',
      'Manual cluster snapshot created.',
    ]);
  });

  it.each([
    ['a cluster that is not there', { DBClusterIdentifier: 'nobody' }, 'DBClusterNotFoundFault'],
    ['a name with a colon', { DBClusterSnapshotIdentifier: 'rds:mine' }, 'InvalidParameterValue'],
    ['a name that is too long', { DBClusterSnapshotIdentifier: 's'.repeat(64) }, 'InvalidParameterValue'],
  ])('is refused for %s', async (_, input, code) => {
    expect(await refusal(create(input))).toBe(code);
  });

  it('is refused for a name that is taken, of a cluster that is not available, and of a restored cluster', async () => {
    await create();
    expect(await refusal(create())).toBe('DBClusterSnapshotAlreadyExistsFault');
    await restored();
    const ofRestored = create({ DBClusterSnapshotIdentifier: 's-2', DBClusterIdentifier: 'drill-db' });
    expect(await refusal(ofRestored)).toBe('InvalidDBClusterStateFault');
    twin.markLost(IRELAND);
    expect(await refusal(create({ DBClusterSnapshotIdentifier: 's-3' }))).toBe('InvalidDBClusterStateFault');
  });

  it('that fails says why in the events, and can be deleted', async () => {
    backups.before = () => Promise.reject(new Error('disk full'));
    await create();
    await snapshotIs(IRELAND, 'before', 'failed');
    // Of this one only: automated snapshots have events of their own, at any time.
    const ofIt = { SourceType: 'db-cluster-snapshot', SourceIdentifier: 'before' } as const;
    expect(await eventsIn(IRELAND, { ...ofIt, EventCategories: ['failure'] })).toEqual([
      'Snapshot before failed: disk full',
    ]);
    await deleteSnapshot(IRELAND, 'before');
    await snapshotIs(IRELAND, 'before', undefined);
  });
});

describe('describing snapshots', () => {
  beforeEach(() => taken('before'));

  it('finds them by name, ARN, cluster, type and filter, in their own region only', async () => {
    const names = async (input: rds.DescribeDBClusterSnapshotsCommandInput) =>
      (await snapshotsIn(IRELAND, { ...input, SnapshotType: 'manual' })).map(
        (each) => each.DBClusterSnapshotIdentifier,
      );
    const filter = (Name: string, Values: string[]) => names({ Filters: [{ Name, Values }] });
    expect(await names({ DBClusterSnapshotIdentifier: 'Before' })).toEqual(['before']);
    expect(await names({ DBClusterSnapshotIdentifier: snapshotArn(IRELAND, 'before') })).toEqual(['before']);
    expect(await names({ DBClusterIdentifier: 'booking-eu-west-1' })).toEqual(['before']);
    expect(await names({ DBClusterIdentifier: 'gone' })).toEqual([]);
    expect(await filter('db-cluster-id', [clusterArn(IRELAND)])).toEqual(['before']);
    expect(await filter('snapshot-type', ['automated'])).toEqual([]);
    expect(await filter('db-cluster-snapshot-id', ['before', 'other'])).toEqual(['before']);
    expect(await snapshotsIn(PARIS)).toEqual([]);
    expect(await snapshotsIn(IRELAND, { SnapshotType: 'shared', IncludeShared: true })).toEqual([]);
  });

  it('refuses what it does not know', async () => {
    const one = (input: rds.DescribeDBClusterSnapshotsCommandInput) => refusal(snapshotsIn(IRELAND, input));
    expect(await one({ DBClusterSnapshotIdentifier: 'nobody' })).toBe('DBClusterSnapshotNotFoundFault');
    expect(await one({ DBClusterSnapshotIdentifier: 'before', SnapshotType: 'automated' })).toBe(
      'DBClusterSnapshotNotFoundFault',
    );
    expect(await one({ DBClusterSnapshotIdentifier: 'before', DBClusterIdentifier: 'x' })).toBe(
      'InvalidParameterCombination',
    );
    expect(await one({ SnapshotType: 'mine' })).toBe('InvalidParameterValue');
    const foreign = client(PARIS).send(
      new rds.ListTagsForResourceCommand({ ResourceName: snapshotArn(IRELAND, 'before') }),
    );
    expect(await refusal(foreign)).toBe('DBClusterSnapshotNotFoundFault');
  });
});

describe('automated snapshots', () => {
  it('begin once there is something to restore, are named after cluster and minute, and need their type to be described', async () => {
    const name = (await firstAutomated()).DBClusterSnapshotIdentifier!;
    expect(name).toMatch(/^rds:booking-eu-west-1-\d{4}-\d\d-\d\d-\d\d-\d\d$/);
    expect(await refusal(snapshotsIn(IRELAND, { DBClusterSnapshotIdentifier: name }))).toBe(
      'DBClusterSnapshotNotFoundFault',
    );
    expect(await snapshotsIn(IRELAND, { DBClusterSnapshotIdentifier: name, SnapshotType: 'automated' })).toHaveLength(
      1,
    );
  });

  it('cannot be deleted by hand, and can be copied', async () => {
    const { DBClusterSnapshotIdentifier, DBClusterSnapshotArn } = await firstAutomated();
    expect(await refusal(deleteSnapshot(IRELAND, DBClusterSnapshotIdentifier!))).toBe(
      'InvalidDBClusterSnapshotStateFault',
    );
    expect((await copy(DBClusterSnapshotArn!, 'copied')).SnapshotType).toBe('manual');
  });

  it('keep to their schedule and to the newest five, but for one that is being copied', async () => {
    await twin.close();
    setDurations({ automatedSnapshotEvery: 1_050 });
    await start({ backups, addresses: backups });
    const first = await firstAutomated();
    const firstName = first.DBClusterSnapshotIdentifier!;
    await copy(first.DBClusterSnapshotArn!, 'copied');
    const complete = async () => (await automatedIn()).filter(({ Status }) => Status === 'available');
    const names = async () => (await complete()).map((each) => each.DBClusterSnapshotIdentifier!);
    const deletions = () => backups.asked.filter((line) => line.startsWith('delete eu-west-1 rds_')).length;
    await waitUntil('one that is not being copied is pruned', () => deletions() > 0, PATIENT);
    expect(await names()).toContain(firstName);
    backups.copying.get('copied')!.finish();
    await waitUntil('the first is pruned', async () => !(await names()).includes(firstName), PATIENT);
    // Five, and one that was completed since the last were pruned.
    expect((await names()).length).toBeLessThanOrEqual(6);
  });
});

it('deleting a snapshot is refused while it is being created or restored from, and takes its files with it', async () => {
  await taken('before');
  backups.before = () => new Promise(() => undefined);
  await create({ DBClusterSnapshotIdentifier: 'now' });
  expect(await refusal(deleteSnapshot(IRELAND, 'now'))).toBe('InvalidDBClusterSnapshotStateFault');
  let finish = (): void => undefined;
  backups.before = () => new Promise((resolve) => (finish = resolve));
  const input = { DBClusterIdentifier: 'drill-db', SnapshotIdentifier: 'before', Engine: 'aurora-postgresql' };
  await client(IRELAND).send(new rds.RestoreDBClusterFromSnapshotCommand(input));
  expect(await refusal(deleteSnapshot(IRELAND, 'before'))).toBe('InvalidDBClusterSnapshotStateFault');
  finish();
  await clusterIs('drill-db', 'available');
  expect((await deleteSnapshot(IRELAND, 'before')).DBClusterSnapshot!.Status).toBe('deleting');
  expect(backups.asked).toContain('delete eu-west-1 before');
  expect(await refusal(deleteSnapshot(IRELAND, 'before'))).toBe('DBClusterSnapshotNotFoundFault');
});
