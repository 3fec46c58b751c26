import { LifeboatError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { Mode } from '../../domain/mode.ts';
import type { Configuration, RegionCompute, Service } from '../../domain/service.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import type { GuardedClients } from '../attempt/ports.ts';
import { AwsClients } from './aws-clients.ts';
import { named } from './call-failure.ts';
import type { Clients, WatchSample } from './clients.ts';
import { DependencyPolicies, type DependencyPolicy } from './dependency-policy.ts';
import { type ChangePorts, executeCall } from './execute-call.ts';
import { probeHttp } from './http-probe.ts';
import { KubernetesClient } from './kubernetes-client.ts';
import { resolveName } from './name-resolver.ts';
import { demandPermission, permitting } from './permission.ts';
import { SqlClient } from './sql-client.ts';

const WEBHOOK_MS = 3_000;
/** Finding the endpoint, connecting and one query. */
const SQL_MS = 8_000;

/** What only the worker can supply. */
export interface OutsidePorts {
  readSamples(service: string, sinceMs: number): Promise<readonly WatchSample[]>;
  leaseStore(service: string): LeaseStore;
}

/** Builds the clients of each service and mode once: dry runs use the profile that can only read. */
export class GuardedClientsFactory {
  readonly #configuration: Configuration;
  readonly #outside: OutsidePorts;
  readonly #policies = new DependencyPolicies();
  readonly #built = new Map<string, GuardedClients>();

  constructor(configuration: Configuration, outside: OutsidePorts) {
    this.#configuration = configuration;
    this.#outside = outside;
  }

  for(service: Service, mode: Mode): GuardedClients {
    const { planProfile, executeProfile } = this.#configuration.aws;
    const profile = mode === 'dry_run' ? planProfile : executeProfile;
    const key = `${service.name}/${profile ?? 'default'}/${mode === 'dry_run'}`;
    const known = this.#built.get(key) ?? this.#build(service, profile);
    this.#built.set(key, known);
    return known;
  }

  #build(service: Service, profile: string | undefined): GuardedClients {
    const { network } = this.#configuration;
    const policies = this.#policies;
    const aws = new AwsClients(this.#configuration, policies, profile);
    const sql = new SqlClient(service, network);
    const clusters = new Map<string, KubernetesClient>();
    const cluster = (region: string): KubernetesClient => {
      const known = clusters.get(region) ?? new KubernetesClient(computeOf(service, region), network.localAddress);
      clusters.set(region, known);
      return known;
    };
    const scaling = (region: string): DependencyPolicy => policies.for('eks', region);
    const querying = (region: string): DependencyPolicy => policies.for('sql', region, SQL_MS);
    const lease = this.#outside.leaseStore(service.name);
    const changes: ChangePorts = {
      scale: (region, namespace, name, replicas) => {
        const what = `scaling ${name} in ${region}`;
        return named(
          what,
          scaling(region).change(() => named(what, cluster(region).scale(namespace, name, replicas))),
        );
      },
      write: (region, statement, values) => {
        const what = `SQL in ${region}`;
        return named(
          what,
          querying(region).change(() => named(what, sql.write(region, aws.rds(region), statement, values))),
        );
      },
      advanceLease: (toRegion, expectedEpoch) => lease.advance(toRegion, expectedEpoch),
      post: (url, body) => named(url, postTo(url, body, network.localAddress)),
    };
    const clients: Clients = {
      rds: (region) => aws.rds(region),
      route53: () => aws.route53(),
      s3: (region) => aws.s3(region),
      deployment: (region, namespace, name) => {
        const what = `deployment ${name} in ${region}`;
        return named(
          what,
          scaling(region).read(() => named(what, cluster(region).read(namespace, name))),
        );
      },
      query: (region, statement, values = [], timeoutMs) => {
        const what = `SQL in ${region}`;
        const ask = () => named(what, sql.read(region, aws.rds(region), statement, values, timeoutMs));
        return named(what, querying(region).read(ask));
      },
      http: (request) =>
        named(
          `http://${request.address}:${request.port}${request.path}`,
          probeHttp({ ...request, localAddress: network.localAddress }),
        ),
      resolve: (name) => resolveName(name, network),
      samples: (name, sinceMs) => this.#outside.readSamples(name, sinceMs),
      lease: async () => {
        const [grant, writers] = await Promise.all([lease.read(), lease.writers()]);
        return { ...grant, writers };
      },
      execute: async (call, signal): Promise<Json> => {
        demandPermission(call);
        return executeCall(clients, changes, call, signal);
      },
    };
    return { clients, permitting };
  }
}

function computeOf(service: Service, region: string): RegionCompute {
  const compute = service.compute[region];
  if (!compute)
    throw new LifeboatError('DR_REGION_UNKNOWN', `${service.name} has no compute in ${region}`, { actual: region });
  return compute;
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
