import * as rds from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { CallFaults } from '../../lab/aws/faults/call-faults.ts';
import { clusterNamed, restore, useBackedTwin } from './rds-backups-harness.ts';
import { client, clusterIn, IRELAND, logged, PARIS, refusal, twin } from './rds-twin-harness.ts';

useBackedTwin();

const RESTORE = 'RestoreDBClusterToPointInTime';
const lastOf = (operation: string) => logged().findLast((call) => call.operation === operation);

describe('a call fault', () => {
  it('throttles before anything happens, so often as it says and only where it says', async () => {
    twin.faults.calls.add({ service: 'rds', operation: RESTORE, region: IRELAND, kind: 'throttle', times: 2 });
    expect(await refusal(restore())).toBe('ThrottlingException');
    expect(await refusal(restore())).toBe('ThrottlingException');
    expect(lastOf(RESTORE)).toMatchObject({ status: 400, error: 'ThrottlingException' });
    expect(await clusterNamed('drill-db')).toBeUndefined();
    expect(twin.faults.calls.rules).toEqual([]);
    await restore();
  });

  it('answers 500 without an effect, for every call of a region until it is cleared', async () => {
    twin.faults.calls.add({ service: 'rds', operation: '*', region: IRELAND, kind: 'server_error', times: null });
    expect(await refusal(restore())).toBe('InternalFailure');
    expect(await refusal(clusterIn(IRELAND))).toBe('InternalFailure');
    expect((await clusterIn(PARIS)).Status).toBe('available');
    expect(lastOf(RESTORE)).toMatchObject({ status: 500, error: 'InternalFailure' });
    twin.faults.calls.clear();
    expect(await clusterNamed('drill-db')).toBeUndefined();
  });

  it('loses a reply after its effect: the cluster is there, nobody was told, and the log says so', async () => {
    twin.faults.calls.add({ service: 'rds', operation: RESTORE, region: '*', kind: 'lost_reply', times: 1 });
    expect(await refusal(restore())).toMatch(/^(ECONNRESET|TimeoutError|Error)$/);
    expect(await clusterNamed('drill-db')).toBeDefined();
    expect(lastOf(RESTORE)).toMatchObject({ status: 0, error: 'lost_reply', mutating: true, target: 'drill-db' });
    expect(await refusal(restore())).toBe('DBClusterAlreadyExistsFault');
  });

  it('that loses a refusal says which', async () => {
    twin.faults.calls.add({ service: 'rds', operation: RESTORE, region: '*', kind: 'lost_reply', times: 1 });
    await refusal(restore({ SourceDBClusterIdentifier: 'nobody' }));
    expect(lastOf(RESTORE)).toMatchObject({ status: 0, error: 'lost_reply, DBClusterNotFoundFault' });
  });

  it('makes the SDK’s own retry meet what the lost call made', async () => {
    twin.faults.calls.add({ service: 'rds', operation: RESTORE, region: '*', kind: 'lost_reply', times: 1 });
    const input = {
      DBClusterIdentifier: 'drill-db',
      SourceDBClusterIdentifier: 'booking-eu-west-1',
      UseLatestRestorableTime: true,
    };
    const call = client(IRELAND, IRELAND, 3).send(new rds.RestoreDBClusterToPointInTimeCommand(input));
    expect(await refusal(call)).toBe('DBClusterAlreadyExistsFault');
  });
});

it('picks by probability what the seed says, the same every time, and counts only what it picked', () => {
  const picked = (): readonly boolean[] => {
    const faults = new CallFaults();
    const rule = { service: 'rds', operation: '*', region: '*', kind: 'throttle' } as const;
    faults.add({ ...rule, times: null, probability: 0.3, seed: 7 });
    return Array.from(
      { length: 200 },
      () => faults.take({ service: 'rds', operation: 'DescribeDBClusters', region: IRELAND }) !== null,
    );
  };
  expect(picked()).toEqual(picked());
  expect(picked().filter(Boolean).length).toBeGreaterThan(35);
  expect(picked().filter(Boolean).length).toBeLessThan(85);
  const faults = new CallFaults();
  faults.add({ service: 's3', operation: '*', region: '*', kind: 'throttle', times: 3, probability: 0.5, seed: 1 });
  const call = { service: 's3', operation: 'PutObject', region: PARIS } as const;
  expect(Array.from({ length: 50 }, () => faults.take(call)).filter(Boolean)).toHaveLength(3);
  expect(faults.take({ ...call, service: 'rds' })).toBeNull();
});
