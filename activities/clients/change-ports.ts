import type { Call } from '../../domain/action.ts';
import type { Json } from '../../domain/json.ts';
import type { Configuration, Service } from '../../domain/service.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import { copyMissingRows } from '../recovery/copy-missing-rows.ts';
import type { AwsClients } from './aws-clients.ts';
import { named } from './call-failure.ts';
import type { Clients, HttpAnswer, Rows, Statement } from './clients.ts';
import type { DependencyPolicies } from './dependency-policy.ts';
import { probeHttp } from './http-probe.ts';
import type { InfrastructureClient } from './infrastructure-client.ts';
import type { KubernetesClient } from './kubernetes-client.ts';
import type { SqlAddress, SqlClient } from './sql-client.ts';
import { sqlPolicy } from './sql-policy.ts';

const WEBHOOK_MS = 3_000;

/** The ways to change something that are not an SDK command. */
export interface ChangePorts {
  scale(region: string, namespace: string, name: string, replicas: number): Promise<void>;
  /** On the service's own cluster of the region, unless another is named. */
  write(at: SqlAddress, statement: Statement): Promise<Rows>;
  /** Rows of one table that a restored copy has and the running database lacks. */
  copyRows(clients: Clients, call: Call, signal: AbortSignal): Promise<Json>;
  advanceLease(
    toRegion: string,
    expectedEpoch: number,
  ): Promise<{ readonly epoch: number; readonly advancedAt: string }>;
  applyInfrastructure(
    folder: string,
    variables: Readonly<Record<string, string>>,
    planDigest: string,
    signal: AbortSignal,
  ): Promise<Json>;
  post(url: string, body: string): Promise<HttpAnswer>;
}

/** Each way through the policy of its dependency: a change is never repeated blindly. */
export function changePorts(made: {
  readonly service: Service;
  readonly policies: DependencyPolicies;
  readonly aws: AwsClients;
  readonly sql: SqlClient;
  readonly cluster: (region: string) => KubernetesClient;
  readonly infrastructure: InfrastructureClient;
  readonly network: Configuration['network'];
  readonly lease: LeaseStore;
}): ChangePorts {
  const { service, policies, aws, sql, cluster, infrastructure, network, lease } = made;
  const write: ChangePorts['write'] = (at, statement) => {
    const what = at.cluster ? `SQL on ${at.cluster} in ${at.region}` : `SQL in ${at.region}`;
    const writing = () => named(what, sql.write(at, aws.rds(at.region), statement));
    return named(what, sqlPolicy(policies, at).change(writing));
  };
  return {
    scale: (region, namespace, name, replicas) => {
      const what = `scaling ${name} in ${region}`;
      const scaling = () => named(what, cluster(region).scale(namespace, name, replicas));
      return named(what, policies.for('eks', region).change(scaling));
    },
    write,
    copyRows: (clients, call, signal) => copyMissingRows(clients, write, service, call, signal),
    advanceLease: (toRegion, expectedEpoch) => lease.advance(toRegion, expectedEpoch),
    applyInfrastructure: (folder, variables, planDigest, signal) =>
      infrastructure.apply(folder, variables, planDigest, signal),
    post: (url, body) => named(url, postTo(url, body, network.localAddress)),
  };
}

async function postTo(url: string, body: string, localAddress: string | undefined) {
  const { protocol, hostname, port, pathname, search, host } = new URL(url);
  const tls = protocol === 'https:';
  return probeHttp({
    address: hostname,
    port: Number(port || (tls ? 443 : 80)),
    tls,
    method: 'POST',
    path: pathname + search,
    host,
    timeoutMs: WEBHOOK_MS,
    localAddress,
    body,
  });
}
