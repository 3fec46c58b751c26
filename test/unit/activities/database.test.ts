import type { DBCluster, GlobalCluster } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { checkStandby } from '../../../activities/database/check-standby.ts';
import type { SeenGlobalCluster } from '../../../activities/database/global-cluster.ts';
import { probeWrite } from '../../../activities/database/probe-write.ts';
import { promote } from '../../../activities/database/promote.ts';
import { readLag } from '../../../activities/database/read-lag.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { acted, callsOf, decide, expectDeclared, OBSERVED_AT, outputOf, refusalOf, waitOf } from './a-decision.ts';

const arnOf = (region: string) =>
  EXAMPLE_SERVICE.database.regions[region]?.arn ?? `arn:aws:rds:${region}:123456789012:cluster:booking`;
const input = {
  region: 'eu-west-3',
  globalCluster: 'booking-global',
  cluster: 'booking',
  clusterArn: arnOf('eu-west-3'),
};

function world(
  change: {
    writer?: string;
    /** What the global cluster’s writer is, where it is not the service’s own. */
    writerArn?: string;
    cluster?: Partial<DBCluster> | null;
    instances?: string[];
    failover?: GlobalCluster['FailoverState'];
  } = {},
): SeenGlobalCluster {
  const writer = change.writer ?? 'eu-west-1';
  return {
    global: {
      Status: 'available',
      GlobalClusterMembers: ['eu-west-1', 'eu-west-3'].map((region) => ({
        DBClusterArn: region === writer ? (change.writerArn ?? arnOf(region)) : arnOf(region),
        IsWriter: region === writer,
        ...(region === writer ? {} : { SynchronizationStatus: 'connected' as const }),
      })),
      ...(change.failover && { FailoverState: change.failover }),
    },
    cluster:
      change.cluster === null
        ? null
        : { Status: 'available', Endpoint: 'db.example.com', EngineVersion: '17.4', ...change.cluster },
    instances: (change.instances ?? ['available']).map((DBInstanceStatus) => ({ DBInstanceStatus })),
  };
}

describe('checking the standby', () => {
  it('says ready for an available member with an available instance', () => {
    expect(outputOf(decide(checkStandby, input, world()))).toEqual({
      ready: true,
      engineVersion: '17.4',
      writerRegion: 'eu-west-1',
      globalStatus: 'available',
      clusterStatus: 'available',
      availableInstances: 1,
      synchronization: 'connected',
    });
  });

  it('refuses a region that holds the writer already', () => {
    expect(refusalOf(decide(checkStandby, input, world({ writer: 'eu-west-3' }))).code).toBe(
      'DR_REGION_ALREADY_SERVING',
    );
  });

  it('refuses a standby of another database than the service writes to: it would bring back what was damaged', () => {
    const aside = 'arn:aws:rds:eu-west-1:123456789012:cluster:booking-ew1-before-pr-1';
    expect(refusalOf(decide(checkStandby, input, world({ writerArn: aside })))).toMatchObject({
      code: 'DR_STANDBY_NOT_READY',
      message: expect.stringContaining(`it follows ${aside}`),
    });
  });

  it('refuses while another operation moves the global cluster', () => {
    const failover = {
      Status: 'cancelling' as const,
      FromDbClusterArn: arnOf('eu-west-3'),
      ToDbClusterArn: arnOf('eu-west-1'),
      IsDataLossAllowed: true,
    };
    expect(refusalOf(decide(checkStandby, input, world({ failover })))).toMatchObject({
      code: 'DR_DB_GLOBAL_STATE',
      actual: 'cancelling',
    });
  });

  it.each([
    ['an unavailable cluster', { cluster: { Status: 'upgrading' } }, 'is upgrading, must be available'],
    ['a missing cluster', { cluster: null }, 'is missing, must be available'],
    ['no available instance', { instances: ['creating'] }, 'has no available instance'],
    ['no instance at all', { instances: [] }, 'has no available instance'],
  ])('refuses a standby with %s, and says why', (_what, change, why) => {
    const error = refusalOf(decide(checkStandby, input, world(change)));
    expect(error).toMatchObject({ code: 'DR_STANDBY_NOT_READY', retryable: true });
    expect(error.message).toContain(why);
  });

  it('refuses a cluster that is no member of the global cluster', () => {
    const error = refusalOf(decide(checkStandby, { ...input, clusterArn: arnOf('eu-north-1') }, world()));
    expect(error.message).toContain('no member of booking-global');
  });
});

describe('reading the lag', () => {
  const lag = (seen: { lagMs: number | null; calculated: Date | null; age: number | null } | null) =>
    outputOf(decide(readLag, { region: 'eu-west-3' }, seen));
  const calculated = new Date('2026-11-21T03:11:59.000Z');

  it('gives a fresh figure in seconds', () => {
    expect(lag({ lagMs: 340, calculated, age: 0.5 })).toEqual({
      lagSeconds: 0.34,
      lastKnownLagSeconds: 0.34,
      readAt: OBSERVED_AT,
      staleSince: null,
      because: null,
    });
  });

  it('is unknown, with the reason, when the function says −1, nothing, or has no row', () => {
    expect(lag({ lagMs: -1, calculated, age: 0.5 })).toMatchObject({
      lagSeconds: null,
      lastKnownLagSeconds: null,
      because: 'the function gives no lag',
    });
    expect(lag({ lagMs: null, calculated, age: 0.5 })).toMatchObject({
      lagSeconds: null,
      because: 'the function gives no lag',
    });
    expect(lag({ lagMs: Number.NaN, calculated, age: 0.5 })).toMatchObject({ lagSeconds: null });
    expect(lag(null)).toMatchObject({ lagSeconds: null, because: expect.stringContaining('no row for eu-west-3') });
  });

  it('is unknown when it is stale, however small it was, and keeps the old figure as an estimate', () => {
    expect(lag({ lagMs: 3, calculated, age: 61.4 })).toMatchObject({
      lagSeconds: null,
      lastKnownLagSeconds: 0.003,
      staleSince: calculated.toISOString(),
      because: 'last calculated 61 s ago',
    });
    expect(lag({ lagMs: 3, calculated: null, age: null })).toMatchObject({
      lagSeconds: null,
      staleSince: null,
      because: 'the function does not say when it was calculated',
    });
  });

  it('is known when it is 0: no lag is a figure', () => {
    expect(lag({ lagMs: 0, calculated, age: 0.1 }).lagSeconds).toBe(0);
  });
});

describe('promoting', () => {
  const promotion = { ...input, epoch: 2 };
  const underWay = {
    Status: 'failing-over' as const,
    FromDbClusterArn: arnOf('eu-west-1'),
    ToDbClusterArn: input.clusterArn,
    IsDataLossAllowed: true,
  };

  it('asks the target region’s own control plane, accepting data loss by name', () => {
    const calls = callsOf(decide(promote, promotion, world()));
    expect(calls).toEqual([
      {
        service: 'rds',
        operation: 'FailoverGlobalCluster',
        region: 'eu-west-3',
        target: 'booking-global → eu-west-3',
        input: {
          GlobalClusterIdentifier: 'booking-global',
          TargetDbClusterIdentifier: input.clusterArn,
          AllowDataLoss: true,
        },
      },
    ]);
    expectDeclared(promote, calls);
  });

  it('is done when the region holds the writer and is available', () => {
    expect(outputOf(decide(promote, promotion, world({ writer: 'eu-west-3' })))).toEqual({
      writerRegion: 'eu-west-3',
      endpoint: 'db.example.com',
      promotedAt: OBSERVED_AT,
    });
  });

  it('waits, and asks nothing again, while its own promotion is under way', () => {
    expect(waitOf(decide(promote, promotion, world({ failover: underWay })))).toContain('failing-over');
    expect(waitOf(decide(promote, promotion, world({ failover: underWay, writer: 'eu-west-3' })))).toContain(
      'failing-over',
    );
  });

  it('waits for a new writer that is not available yet', () => {
    expect(
      waitOf(decide(promote, promotion, world({ writer: 'eu-west-3', cluster: { Status: 'promoting' } }))),
    ).toContain('promoting');
    expect(waitOf(decide(promote, promotion, world({ writer: 'eu-west-3', instances: ['rebooting'] })))).toContain(
      'asked for',
    );
  });

  it('makes no second call while what it asked for is not visible yet', () => {
    const [made] = callsOf(decide(promote, promotion, world()));
    expect(waitOf(decide(promote, promotion, world(), acted([made!])))).toContain('asked for');
    expect(waitOf(decide(promote, promotion, world({ cluster: { Status: 'modifying' } }), acted([made!])))).toContain(
      'modifying',
    );
  });

  it('refuses while another operation moves the global cluster elsewhere, even after it asked', () => {
    const failover = {
      Status: 'failing-over' as const,
      FromDbClusterArn: arnOf('eu-west-3'),
      ToDbClusterArn: arnOf('eu-west-1'),
      IsDataLossAllowed: true,
    };
    expect(refusalOf(decide(promote, promotion, world({ failover })))).toMatchObject({
      code: 'DR_DB_GLOBAL_STATE',
      message: expect.stringContaining('towards eu-west-1'),
    });
    expect(refusalOf(decide(promote, promotion, world({ failover }), acted([]))).code).toBe('DR_DB_GLOBAL_STATE');
  });

  it('refuses a standby that is not available', () => {
    expect(refusalOf(decide(promote, promotion, world({ cluster: { Status: 'stopped' } })))).toMatchObject({
      code: 'DR_STANDBY_NOT_READY',
      actual: 'stopped',
    });
    expect(refusalOf(decide(promote, promotion, world({ instances: [] }))).code).toBe('DR_STANDBY_NOT_READY');
    expect(refusalOf(decide(promote, promotion, world({ cluster: null }))).actual).toBeNull();
  });
});

describe('probing a write', () => {
  const probing = { region: 'eu-west-3', endpoint: 'db.example.com', epoch: 2, executionId: 'fo-1' };
  const probe = (readOnly: boolean, writtenAt: Date | null = null) =>
    decide(probeWrite, probing, { readOnly, writtenAt });

  it('inserts one row named after the execution once the database takes writes', () => {
    const calls = callsOf(probe(false));
    expect(calls).toHaveLength(1);
    expect(calls[0]!.input).toMatchObject({
      sql: expect.stringContaining('on conflict (execution_id) do nothing'),
      values: ['fo-1', 2],
    });
    expectDeclared(probeWrite, calls);
  });

  it('waits while the database is read only, and already names the insert', () => {
    const decision = probe(true);
    expect(waitOf(decision)).toContain('read only');
    expect(decision).toMatchObject({ calls: [{ operation: 'Insert' }] });
  });

  it('is done when the row is there, by the database’s own clock', () => {
    const writtenAt = new Date('2026-11-21T03:11:58.000Z');
    expect(outputOf(probe(false, writtenAt))).toEqual({ writableAt: writtenAt.toISOString(), rowId: 'fo-1' });
  });
});
