import {
  type $Command,
  AddTagsToResourceCommand,
  CopyDBClusterSnapshotCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBInstanceCommand,
  DeleteDBClusterCommand,
  DeleteDBClusterSnapshotCommand,
  DeleteDBInstanceCommand,
  FailoverGlobalClusterCommand,
  ModifyDBClusterCommand,
  type RDSClientResolvedConfig,
  RestoreDBClusterFromSnapshotCommand,
  RestoreDBClusterToPointInTimeCommand,
  type ServiceInputTypes,
  type ServiceOutputTypes,
} from '@aws-sdk/client-rds';
import {
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import type { Call } from '../../domain/action.ts';
import { errorShape, LifeboatError } from '../../domain/errors.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { ChangePorts } from './change-ports.ts';
import type { Clients } from './clients.ts';

type Executor = (clients: Clients, ports: ChangePorts, call: Call, signal: AbortSignal) => Promise<Json>;

/** An RDS operation by its command. What RDS answers is not kept: the next look tells what became of it. */
function sends<Input extends ServiceInputTypes, Output extends ServiceOutputTypes>(
  Operation: new (
    input: Input,
  ) => $Command<Input, Output, RDSClientResolvedConfig, ServiceInputTypes, ServiceOutputTypes>,
): Executor {
  return async (clients, _ports, { region, input }, abortSignal) => {
    await clients.rds(region).send(new Operation(withDates(input as JsonObject) as unknown as Input), { abortSignal });
    return null;
  };
}

/** The SDK leaves out, without a word, an instant that is no `Date`; in a call, which is JSON, it is text. */
const INSTANTS = ['RestoreToTime'];

function withDates(input: JsonObject): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(input).map(([field, value]) => {
      if (!INSTANTS.includes(field)) return [field, value];
      const instant = new Date(String(value));
      if (Number.isNaN(instant.getTime())) {
        throw new LifeboatError(
          'DR_INPUT_INVALID',
          `${field} is ${JSON.stringify(value)}, must be an ISO 8601 instant`,
          {
            field,
            expected: 'an ISO 8601 instant with milliseconds, UTC',
            actual: value ?? null,
          },
        );
      }
      return [field, instant];
    }),
  );
}

/** Everything Lifeboat can change, by the name calls are printed with. What is not here cannot be called. */
const EXECUTORS: Readonly<Record<string, Executor>> = {
  'rds:AddTagsToResource': sends(AddTagsToResourceCommand),
  'rds:CopyDBClusterSnapshot': sends(CopyDBClusterSnapshotCommand),
  'rds:CreateDBClusterSnapshot': sends(CreateDBClusterSnapshotCommand),
  'rds:CreateDBInstance': sends(CreateDBInstanceCommand),
  'rds:DeleteDBCluster': sends(DeleteDBClusterCommand),
  'rds:DeleteDBClusterSnapshot': sends(DeleteDBClusterSnapshotCommand),
  'rds:DeleteDBInstance': sends(DeleteDBInstanceCommand),
  'rds:FailoverGlobalCluster': sends(FailoverGlobalClusterCommand),
  'rds:ModifyDBCluster': sends(ModifyDBClusterCommand),
  'rds:RestoreDBClusterFromSnapshot': sends(RestoreDBClusterFromSnapshotCommand),
  'rds:RestoreDBClusterToPointInTime': sends(RestoreDBClusterToPointInTimeCommand),
  's3:PutObject': async (clients, _ports, call, abortSignal) => {
    const command = new PutObjectCommand(call.input as unknown as PutObjectCommandInput);
    const { ETag } = await clients.s3(call.region).send(command, { abortSignal });
    return { etag: ETag ?? null };
  },
  's3:DeleteObject': async (clients, _ports, call, abortSignal) => {
    await clients
      .s3(call.region)
      .send(new DeleteObjectCommand(call.input as unknown as DeleteObjectCommandInput), { abortSignal });
    return null;
  },
  'eks:PatchDeploymentScale': async (_clients, ports, call) => {
    const { namespace, name, replicas } = call.input as { namespace: string; name: string; replicas: number };
    await ports.scale(call.region, namespace, name, replicas);
    return null;
  },
  'sql:Insert': async (_clients, ports, call) => {
    const { sql, values, cluster } = call.input as { sql: string; values: readonly Json[]; cluster?: string };
    const rows = await ports.write({ region: call.region, cluster }, { sql, values });
    return rows.map((row) => JSON.parse(JSON.stringify(row)) as JsonObject);
  },
  'sql:CopyRows': (clients, ports, call, signal) => ports.copyRows(clients, call, signal),
  'infrastructure:Apply': (_clients, ports, call, signal) => {
    const { folder, variables, planDigest } = call.input as {
      folder: string;
      variables: Record<string, string>;
      planDigest: string;
    };
    return ports.applyInfrastructure(folder, variables, planDigest, signal);
  },
  'lease:Advance': async (_clients, ports, call) => {
    const { toRegion, expectedEpoch } = call.input as { toRegion: string; expectedEpoch: number };
    const { epoch, advancedAt } = await ports.advanceLease(toRegion, expectedEpoch);
    return { epoch, advancedAt };
  },
  'webhook:Post': async (_clients, ports, call) => {
    const { url, body } = call.input as { url: string; body: string };
    const { status } = await ports.post(url, body);
    if (status >= 300)
      throw new LifeboatError('DR_NOTIFY_FAILED', `${url} answered ${status}`, { field: url, actual: status });
    return { status };
  },
};

/** @throws LifeboatError DR_CALL_NOT_DECLARED for an operation that nothing here executes. */
export async function executeCall(
  clients: Clients,
  ports: ChangePorts,
  call: Call,
  signal: AbortSignal,
): Promise<Json> {
  const name = `${call.service}:${call.operation}`;
  const executor = EXECUTORS[name];
  if (!executor) {
    throw LifeboatError.of(
      errorShape('DR_CALL_NOT_DECLARED', `nothing executes ${name}`, { expected: Object.keys(EXECUTORS) }),
    );
  }
  return executor(clients, ports, call, signal);
}
