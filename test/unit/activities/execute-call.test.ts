import { RDSClient } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { ChangePorts } from '../../../activities/clients/change-ports.ts';
import type { Clients } from '../../../activities/clients/clients.ts';
import { executeCall } from '../../../activities/clients/execute-call.ts';
import { demandPermission, permitting } from '../../../activities/clients/permission.ts';
import type { Call } from '../../../domain/action.ts';
import type { Json } from '../../../domain/json.ts';

const REGION = 'eu-west-3';
const callOf = (name: string, input: Json): Call => {
  const [service, operation] = name.split(':') as [string, string];
  return { service, operation, region: REGION, target: 'x', input };
};

/** Clients whose RDS is the real SDK's, and what it would have sent. */
function rig() {
  const sent: Record<string, string>[] = [];
  const rds = new RDSClient({
    region: REGION,
    maxAttempts: 1,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: {
      handle: async (request: { body: string }) => {
        sent.push(Object.fromEntries(new URLSearchParams(request.body)));
        throw new Error('not sent further');
      },
    } as never,
  });
  const clients = { rds: () => rds } as unknown as Clients;
  const written: unknown[] = [];
  const ports = {
    write: async (...asked: unknown[]) => {
      written.push(asked);
      return [{ id: 1, at: new Date('2026-11-21T03:12:00.000Z') }];
    },
    applyInfrastructure: async (...asked: readonly unknown[]) => asked.slice(0, 3) as Json,
  } as unknown as ChangePorts;
  const execute = (call: Call) => executeCall(clients, ports, call, new AbortController().signal);
  return { execute, sent, written };
}

describe('an RDS operation', () => {
  it.each([
    ['AddTagsToResource', { ResourceName: 'arn:x', Tags: [] }],
    ['CopyDBClusterSnapshot', { SourceDBClusterSnapshotIdentifier: 'arn:x', TargetDBClusterSnapshotIdentifier: 'y' }],
    ['CreateDBClusterSnapshot', { DBClusterSnapshotIdentifier: 'x', DBClusterIdentifier: 'y' }],
    ['CreateDBInstance', { DBInstanceIdentifier: 'x', DBInstanceClass: 'db.r6g.large', Engine: 'aurora-postgresql' }],
    ['DeleteDBCluster', { DBClusterIdentifier: 'x', SkipFinalSnapshot: true }],
    ['DeleteDBClusterSnapshot', { DBClusterSnapshotIdentifier: 'x' }],
    ['DeleteDBInstance', { DBInstanceIdentifier: 'x' }],
    ['FailoverGlobalCluster', { GlobalClusterIdentifier: 'x', TargetDbClusterIdentifier: 'arn:y' }],
    ['ModifyDBCluster', { DBClusterIdentifier: 'x', DeletionProtection: false }],
    [
      'RestoreDBClusterFromSnapshot',
      { DBClusterIdentifier: 'x', SnapshotIdentifier: 'y', Engine: 'aurora-postgresql' },
    ],
    ['RestoreDBClusterToPointInTime', { DBClusterIdentifier: 'x', SourceDBClusterIdentifier: 'y' }],
  ])('%s is sent as that, with its input', async (operation, input) => {
    const { execute, sent } = rig();
    await expect(execute(callOf(`rds:${operation}`, input))).rejects.toThrow('not sent further');
    const texts = Object.fromEntries(Object.entries(input).filter(([, value]) => !Array.isArray(value)));
    expect(sent).toEqual([
      expect.objectContaining({
        Action: operation,
        ...Object.fromEntries(Object.entries(texts).map(([field, value]) => [field, String(value)])),
      }),
    ]);
  });

  it('sends the instant to restore to, which the SDK would leave out as text', async () => {
    const { execute, sent } = rig();
    const input = { DBClusterIdentifier: 'x', RestoreToTime: '2026-11-21T03:12:00.250Z' };
    await expect(execute(callOf('rds:RestoreDBClusterToPointInTime', input))).rejects.toThrow('not sent further');
    expect(sent[0]).toMatchObject({ RestoreToTime: '2026-11-21T03:12:00.250Z' });
  });

  it('with that instant is still the call that was decided on', async () => {
    const input = { DBClusterIdentifier: 'x', RestoreToTime: '2026-11-21T03:12:00.250Z' };
    const named = callOf('rds:RestoreDBClusterToPointInTime', input);
    await permitting([named], async () => {
      demandPermission({ ...named, input: { ...input, RestoreToTime: new Date(input.RestoreToTime) } as never });
    });
  });

  it('with something that is no instant is not sent', async () => {
    const { execute, sent } = rig();
    const call = callOf('rds:RestoreDBClusterToPointInTime', { RestoreToTime: 'yesterday' });
    await expect(execute(call)).rejects.toMatchObject({ shape: { code: 'DR_INPUT_INVALID', actual: 'yesterday' } });
    expect(sent).toEqual([]);
  });
});

describe('a write', () => {
  const input = { sql: 'insert into x values ($1)', values: [1] };

  it('goes to the service’s own cluster, and gives back rows as JSON', async () => {
    const { execute, written } = rig();
    expect(await execute(callOf('sql:Insert', input))).toEqual([{ id: 1, at: '2026-11-21T03:12:00.000Z' }]);
    expect(written).toEqual([[{ region: REGION }, input]]);
  });

  it('goes to the cluster it names', async () => {
    const { execute, written } = rig();
    await execute(callOf('sql:Insert', { ...input, cluster: 'restored' }));
    expect(written).toEqual([[{ region: REGION, cluster: 'restored' }, input]]);
  });
});

describe('applying infrastructure', () => {
  it('names the plan it was decided on', async () => {
    const input = { folder: '/stack', variables: { region: REGION }, planDigest: 'abc' };
    expect(await rig().execute(callOf('infrastructure:Apply', input))).toEqual(['/stack', { region: REGION }, 'abc']);
  });
});

describe('an operation that nobody wrote an executor for', () => {
  it.each(['rds:DeleteGlobalCluster', 'rds:CreateDBCluster', 'iam:CreateRole', 'sql:Delete'])(
    '%s is refused',
    async (name) => {
      await expect(rig().execute(callOf(name, {}))).rejects.toMatchObject({
        shape: {
          code: 'DR_CALL_NOT_DECLARED',
          message: `nothing executes ${name}`,
          expected: expect.arrayContaining(['rds:DeleteDBCluster', 'sql:Insert']),
        },
      });
    },
  );
});
