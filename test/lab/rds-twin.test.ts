import * as rds from '@aws-sdk/client-rds';
import { beforeEach, describe, expect, it } from 'vitest';
import { CallLog } from '../../lab/aws/call-log.ts';
import { RDS_FAULTS } from '../../lab/aws/rds/rds-faults.ts';
import { RdsTwin } from '../../lab/aws/rds/rds-twin.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { clusterArn, REGIONS, type Region } from '../../lab/topology.ts';
import {
  client,
  clusterIn,
  database,
  eventsIn,
  failOver,
  GLOBAL,
  globalIn,
  IRELAND,
  idle,
  instanceIn,
  logged,
  PARIS,
  PATIENT,
  post,
  QUICK,
  refusal,
  signed,
  start,
  switchOver,
  TO_IRELAND,
  TO_PARIS,
  twin,
  useRdsTwin,
} from './rds-twin-harness.ts';

useRdsTwin();

describe('descriptions', () => {
  it('describes one global cluster with a writer and a connected secondary, the same from both regions', async () => {
    const seen = await Promise.all(REGIONS.map(globalIn));
    expect(seen[0]).toEqual(seen[1]);
    expect(seen[0]).toMatchObject({
      GlobalClusterIdentifier: 'booking-global',
      GlobalClusterArn: 'arn:aws:rds::123456789012:global-cluster:booking-global',
      Status: 'available',
      Engine: 'aurora-postgresql',
      EngineVersion: '18.4',
      GlobalClusterMembers: [
        {
          DBClusterArn: clusterArn(IRELAND),
          IsWriter: true,
          Readers: [clusterArn(PARIS)],
          SynchronizationStatus: 'connected',
        },
        { DBClusterArn: clusterArn(PARIS), IsWriter: false, Readers: [], SynchronizationStatus: 'connected' },
      ],
    });
    expect(seen[0]!.FailoverState).toBeUndefined();
  });

  it('shows each region only its own cluster and instance, under the lab’s names and public port', async () => {
    const cluster = await clusterIn(PARIS);
    expect(cluster).toMatchObject({
      DBClusterIdentifier: 'booking-eu-west-3',
      DBClusterArn: clusterArn(PARIS),
      Status: 'available',
      Endpoint: 'booking-eu-west-3.cluster.lab.test',
      Port: 25_001,
      EngineVersion: '18.4',
      AvailabilityZones: ['eu-west-3a', 'eu-west-3b', 'eu-west-3c'],
      DBClusterMembers: [{ DBInstanceIdentifier: 'booking-eu-west-3-1', IsClusterWriter: false }],
    });
    const instance = await instanceIn(IRELAND);
    expect(instance).toMatchObject({
      DBInstanceIdentifier: 'booking-eu-west-1-1',
      DBInstanceStatus: 'available',
      DBClusterIdentifier: 'booking-eu-west-1',
      Endpoint: { Address: 'booking-eu-west-1.cluster.lab.test', Port: 25_001 },
    });
    const foreign = new rds.DescribeDBClustersCommand({ DBClusterIdentifier: clusterArn(IRELAND) });
    expect(await refusal(client(PARIS).send(foreign))).toBe('DBClusterNotFoundFault');
  });

  it('finds clusters and instances by identifier, by ARN and by filter, and refuses a filter it does not know', async () => {
    const byArn = new rds.DescribeDBClustersCommand({ DBClusterIdentifier: clusterArn(PARIS) });
    expect((await client(PARIS).send(byArn)).DBClusters).toHaveLength(1);
    const filter = (Name: string, Values: string[]) =>
      client(PARIS).send(new rds.DescribeDBInstancesCommand({ Filters: [{ Name, Values }] }));
    expect((await filter('db-cluster-id', ['other', 'booking-eu-west-3'])).DBInstances).toHaveLength(1);
    expect((await filter('db-cluster-id', ['other'])).DBInstances).toEqual([]);
    expect(await refusal(filter('colour', ['blue']))).toBe('InvalidParameterValue');
  });

  it('says that names it does not know are not found', async () => {
    const [global, cluster, instance] = [
      new rds.DescribeGlobalClustersCommand({ GlobalClusterIdentifier: 'nobody' }),
      new rds.DescribeDBClustersCommand({ DBClusterIdentifier: 'nobody' }),
      new rds.DescribeDBInstancesCommand({ DBInstanceIdentifier: 'nobody' }),
    ];
    expect(await refusal(client(PARIS).send(global))).toBe('GlobalClusterNotFoundFault');
    expect(await refusal(client(PARIS).send(cluster))).toBe('DBClusterNotFoundFault');
    expect(await refusal(client(PARIS).send(instance))).toBe('DBInstanceNotFoundFault');
  });

  it('shows a lost region as unavailable and its follower as no longer connected, until it is healed', async () => {
    twin.markLost(IRELAND);
    expect((await instanceIn(IRELAND)).DBInstanceStatus).toBe('unavailable');
    expect((await clusterIn(IRELAND)).Status).toBe('unavailable');
    expect((await globalIn(PARIS)).GlobalClusterMembers![1]!.SynchronizationStatus).toBe('pending-resync');
    expect((await clusterIn(PARIS)).Status).toBe('available');
    twin.markHealed(IRELAND);
    expect((await instanceIn(IRELAND)).DBInstanceStatus).toBe('available');
    expect((await globalIn(PARIS)).GlobalClusterMembers![1]!.SynchronizationStatus).toBe('connected');
  });

  it('shows an instance whose process died as unavailable without being told', async () => {
    database.stopped.add(PARIS);
    expect((await instanceIn(PARIS)).DBInstanceStatus).toBe('unavailable');
  });

  it('answers although the primary never says who follows it, and calls that not connected', async () => {
    database.silent = true;
    expect((await globalIn(PARIS)).GlobalClusterMembers![1]!.SynchronizationStatus).toBe('pending-resync');
  });
});

describe('events', () => {
  let begun: number;
  beforeEach(async () => {
    begun = Date.now();
    await failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true });
    await idle(PARIS);
  });

  it('carry source, category, time and ARN', async () => {
    const { Events } = await client(PARIS).send(
      new rds.DescribeEventsCommand({ SourceType: 'db-cluster', SourceIdentifier: 'booking-eu-west-3', Duration: 5 }),
    );
    expect(Events).toMatchObject([
      {
        SourceIdentifier: 'booking-eu-west-3',
        SourceType: 'db-cluster',
        SourceArn: clusterArn(PARIS),
        EventCategories: ['global-failover'],
      },
    ]);
    expect(Events![0]!.Date!.getTime()).toBeGreaterThanOrEqual(begun);
    expect(Events![0]!.Date!.getTime()).toBeLessThanOrEqual(Date.now());
  });

  it('are chosen by source, category and time', async () => {
    const completed = 'Global failover to DB cluster booking-eu-west-3 in Region eu-west-3 completed.';
    const hourAgo = new Date(Date.now() - 3_600_000);
    expect(await eventsIn(PARIS, { SourceType: 'db-cluster', SourceIdentifier: 'other' })).toEqual([]);
    expect(await eventsIn(PARIS, { EventCategories: ['backup'] })).toEqual([]);
    expect(await eventsIn(PARIS, { EventCategories: ['global-failover'] })).toEqual([completed]);
    expect(await eventsIn(PARIS, { StartTime: hourAgo })).toEqual([completed]);
    expect(await eventsIn(PARIS, { StartTime: hourAgo, Duration: 5 })).toEqual([]);
    expect(await eventsIn(PARIS, { StartTime: hourAgo, EndTime: new Date(Date.now() - 1_800_000) })).toEqual([]);
    expect(
      await eventsIn(PARIS, { StartTime: new Date(Date.now() + 60_000), EndTime: new Date(Date.now() + 90_000) }),
    ).toEqual([]);
  });

  it('are refused to requests that make no sense', async () => {
    expect(await refusal(eventsIn(PARIS, { SourceIdentifier: 'booking-eu-west-3' }))).toBe(
      'InvalidParameterCombination',
    );
    expect(await refusal(eventsIn(PARIS, { Duration: 0 }))).toBe('InvalidParameterValue');
    expect(await refusal(eventsIn(PARIS, { MaxRecords: 5 }))).toBe('InvalidParameterValue');
    expect(await refusal(eventsIn(PARIS, { Marker: 'mine' }))).toBe('InvalidParameterValue');
    expect(await post(PARIS, 'Action=DescribeEvents&SourceType=cloud')).toContain('<Code>InvalidParameterValue</Code>');
  });

  it('are paged by marker', async () => {
    database.beforeRoleChange = async () => Promise.reject(new Error('no'));
    database.detached.clear();
    await twin.close();
    await start();
    for (let round = 0; round < 12; round++) {
      await switchOver(PARIS, TO_IRELAND);
      await idle(PARIS);
    }
    const first = await client(PARIS).send(new rds.DescribeEventsCommand({ MaxRecords: 20 }));
    const rest = await client(PARIS).send(new rds.DescribeEventsCommand({ MaxRecords: 20, Marker: first.Marker }));
    expect([first.Events!.length, rest.Events!.length, rest.Marker]).toEqual([20, 4, undefined]);
  });
});

describe('tags', () => {
  const list = async (region: Region, ResourceName: string) =>
    (await client(region).send(new rds.ListTagsForResourceCommand({ ResourceName }))).TagList;

  it('are added, replaced, shown in descriptions and removed', async () => {
    const ResourceName = clusterArn(PARIS);
    const Tags = [
      { Key: 'service', Value: 'booking <a & b>' },
      { Key: 'empty', Value: '' },
    ];
    await client(PARIS).send(new rds.AddTagsToResourceCommand({ ResourceName, Tags }));
    expect(await list(PARIS, ResourceName)).toEqual(Tags);
    await client(PARIS).send(
      new rds.AddTagsToResourceCommand({ ResourceName, Tags: [{ Key: 'service', Value: 'booking' }] }),
    );
    expect((await clusterIn(PARIS)).TagList).toEqual([{ Key: 'service', Value: 'booking' }, Tags[1]]);
    await client(PARIS).send(new rds.RemoveTagsFromResourceCommand({ ResourceName, TagKeys: ['empty', 'absent'] }));
    expect(await list(PARIS, ResourceName)).toEqual([{ Key: 'service', Value: 'booking' }]);
  });

  it('of the global cluster are the same from both regions; those of a cluster are found in its own only', async () => {
    const ResourceName = 'arn:aws:rds::123456789012:global-cluster:booking-global';
    await client(PARIS).send(new rds.AddTagsToResourceCommand({ ResourceName, Tags: [{ Key: 'tier', Value: '1' }] }));
    expect(await list(IRELAND, ResourceName)).toEqual([{ Key: 'tier', Value: '1' }]);
    expect(await refusal(list(PARIS, clusterArn(IRELAND)))).toBe('DBClusterNotFoundFault');
    expect(await refusal(list(PARIS, 'arn:aws:rds:eu-west-3:123456789012:db:other'))).toBe('DBInstanceNotFoundFault');
    expect(await refusal(list(PARIS, 'booking-eu-west-3'))).toBe('InvalidParameterValue');
  });

  it('are refused when reserved, too long, too many or none', async () => {
    const add = (Tags: rds.Tag[]) =>
      refusal(client(PARIS).send(new rds.AddTagsToResourceCommand({ ResourceName: clusterArn(PARIS), Tags })));
    expect(await add([{ Key: 'aws:mine', Value: 'x' }])).toBe('InvalidParameterValue');
    expect(await add([{ Key: 'k'.repeat(129), Value: 'x' }])).toBe('InvalidParameterValue');
    expect(await add(Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: 'x' })))).toBe(
      'InvalidParameterValue',
    );
    expect(await add([])).toBe('MissingParameter');
    expect(await list(PARIS, clusterArn(PARIS))).toEqual([]);
  });
});

describe('the endpoint', () => {
  it('refuses what is unsigned, signed in a wrong form, for another region or for another service', async () => {
    const describeGlobal = 'Action=DescribeGlobalClusters&Version=2014-10-31';
    expect(await post(PARIS, describeGlobal, null)).toMatch(/^403 .*<Code>MissingAuthenticationToken<\/Code>/);
    expect(await post(PARIS, describeGlobal, 'Bearer token')).toMatch(
      /^403 .*<Code>MissingAuthenticationToken<\/Code>/,
    );
    expect(await post(PARIS, describeGlobal, 'AWS4-HMAC-SHA256 Credential=me')).toMatch(
      /^403 .*<Code>IncompleteSignature/,
    );
    expect(await post(PARIS, describeGlobal, signed('eu-west-3', 's3'))).toMatch(/^403 .*<Code>SignatureDoesNotMatch/);
    const elsewhere = client(PARIS, IRELAND).send(new rds.DescribeGlobalClustersCommand({}));
    expect(await refusal(elsewhere)).toBe('SignatureDoesNotMatch');
  });

  it('refuses actions it does not know and requests without one, and ignores parameters it does not know', async () => {
    const unknown = client(PARIS).send(new rds.DeleteGlobalClusterCommand(GLOBAL));
    expect(await refusal(unknown)).toBe('InvalidAction');
    expect(await post(PARIS, 'Version=2014-10-31')).toMatch(/^400 .*<Code>MissingAction<\/Code>/);
    expect(await post(PARIS, 'Action=DescribeGlobalClusters&Colour=blue')).toMatch(/^200 .*booking-global/);
  });

  it('reads parameters from the query string too', async () => {
    expect(await post(PARIS, '', undefined, '/?Action=DescribeDBClusters')).toMatch(/^200 .*booking-eu-west-3/);
  });

  it('logs every call with who, where, what, whether it changes anything, and how it ended', async () => {
    const begun = Date.now();
    await globalIn(PARIS);
    await refusal(failOver(IRELAND, { ...TO_PARIS, AllowDataLoss: true }));
    const accepted = await failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true });
    await post(PARIS, 'Action=ListTagsForResource', null);
    expect(logged()).toMatchObject([
      {
        region: PARIS,
        service: 'rds',
        operation: 'DescribeGlobalClusters',
        mutating: false,
        principal: 'lifeboat-execute',
        status: 200,
        error: null,
        target: 'booking-global',
      },
      {
        region: IRELAND,
        operation: 'FailoverGlobalCluster',
        mutating: true,
        status: 400,
        error: 'InvalidParameterValue',
        target: 'booking-global → eu-west-3',
      },
      {
        operation: 'FailoverGlobalCluster',
        mutating: true,
        status: 200,
        error: null,
        requestId: accepted.$metadata.requestId,
      },
      { operation: 'ListTagsForResource', principal: 'unsigned', status: 403, error: 'MissingAuthenticationToken' },
    ]);
    expect(Date.parse(logged()[0]!.at)).toBeGreaterThanOrEqual(begun);
    expect(Date.parse(logged()[0]!.at)).toBeLessThanOrEqual(Date.now());
  });

  it('is ready only while both regions listen', async () => {
    expect(twin.ready).toBe(true);
    await twin.close();
    expect(twin.ready).toBe(false);
    const other = new RdsTwin({
      database,
      durations: () => QUICK,
      log: new CallLog('/dev/null'),
      say: () => undefined,
    });
    expect(other.ready).toBe(false);
  });

  it('closes in the middle of a move without waiting for it', async () => {
    database.beforeRoleChange = () => new Promise(() => undefined);
    await failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true });
    await waitUntil('the database was asked', () => database.asked.length === 1, PATIENT);
    // The database never answers: were it waited for, this would not end.
    await twin.close();
    expect(database.writer).toBe(IRELAND);
  });
});

it('sends each fault under the wire code and status that the SDK’s own model gives it', () => {
  const model = rds as unknown as Record<string, readonly unknown[] | undefined>;
  for (const [shape, wire] of Object.entries(RDS_FAULTS)) {
    const traits = model[`${shape}$`]![3] as { readonly awsQueryError: readonly [string, number] };
    expect([shape, traits.awsQueryError[0], traits.awsQueryError[1]]).toEqual([shape, wire.code, wire.status]);
  }
});
