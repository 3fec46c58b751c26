import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Endpoint } from '../topology.ts';
import { field, grpcUnary } from './grpc-unary.ts';

const SERVICE = '/temporal.api.workflowservice.v1.WorkflowService';
const NAMESPACE = 'default';

/** The real dev server with a SQLite file: an execution survives a restart of the server. */
export function temporalCommand(
  binary: string,
  at: Endpoint,
  dir: string,
): { readonly command: string; readonly args: readonly string[] } {
  return {
    command: binary,
    args: [
      ...['server', 'start-dev', '--headless', '--log-level', 'error', '--ip', at.host, '--port', String(at.port)],
      ...['--namespace', NAMESPACE, '--db-filename', join(dir, 'temporal.sqlite')],
    ],
  };
}

/** Whether work can be handed in. The namespace is registered a moment after the port opens: only then can anything be started. */
export async function temporalAnswers(at: Endpoint): Promise<boolean> {
  await grpcUnary(at, `${SERVICE}/DescribeNamespace`, field(1, NAMESPACE), 1_000);
  return true;
}

/**
 * Whether that very process polls the task queue for workflow tasks: the honest sign that a worker is at work. The server
 * goes on listing pollers that are gone, so the identity that the SDK gives itself (`pid@host`) is looked for.
 */
export async function isPolling(at: Endpoint, taskQueue: string, pid: number): Promise<boolean> {
  const request = Buffer.concat([field(1, NAMESPACE), field(2, field(1, taskQueue)), Buffer.from([0x18, 1])]);
  const answer = await grpcUnary(at, `${SERVICE}/DescribeTaskQueue`, request, 5_000);
  // Field 2 of each poller in the answer is its identity.
  return answer.includes(field(2, `${pid}@${hostname()}`));
}
