import { FailoverGlobalClusterCommand, type FailoverGlobalClusterCommandInput } from '@aws-sdk/client-rds';
import {
  DeleteObjectCommand,
  type DeleteObjectCommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import type { Call } from '../../domain/action.ts';
import { errorShape, LifeboatError } from '../../domain/errors.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import type { Clients, HttpAnswer } from './clients.ts';

/** The ways to change something that are not an SDK command. */
export interface ChangePorts {
  scale(region: string, namespace: string, name: string, replicas: number): Promise<void>;
  write(region: string, sql: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  advanceLease(
    toRegion: string,
    expectedEpoch: number,
  ): Promise<{ readonly epoch: number; readonly advancedAt: string }>;
  post(url: string, body: string): Promise<HttpAnswer>;
}

type Executor = (clients: Clients, ports: ChangePorts, call: Call, signal: AbortSignal) => Promise<Json>;

/** Everything Lifeboat can change, by the name calls are printed with. What is not here cannot be called. */
const EXECUTORS: Readonly<Record<string, Executor>> = {
  'rds:FailoverGlobalCluster': async (clients, _ports, call, abortSignal) => {
    const command = new FailoverGlobalClusterCommand(call.input as unknown as FailoverGlobalClusterCommandInput);
    const { GlobalCluster } = await clients.rds(call.region).send(command, { abortSignal });
    return { status: GlobalCluster?.Status ?? null };
  },
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
    const { sql, values } = call.input as { sql: string; values: readonly Json[] };
    const rows = await ports.write(call.region, sql, values);
    return rows.map((row) => JSON.parse(JSON.stringify(row)) as JsonObject);
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
