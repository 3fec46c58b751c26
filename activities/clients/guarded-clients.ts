import { LifeboatError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { Mode } from '../../domain/mode.ts';
import type { MeasuredRestore } from '../../domain/objective.ts';
import type { Configuration, RegionCompute, Service } from '../../domain/service.ts';
import type { LeaseStore } from '../../lease/lease-store.ts';
import type { GuardedClients } from '../attempt/ports.ts';
import { AwsClients } from './aws-clients.ts';
import { named } from './call-failure.ts';
import { changePorts } from './change-ports.ts';
import type { Clients, ExecutionLife, PastDrill, WatchSample } from './clients.ts';
import { DependencyPolicies } from './dependency-policy.ts';
import { executeCall } from './execute-call.ts';
import { probeHttp } from './http-probe.ts';
import { InfrastructureClient } from './infrastructure-client.ts';
import { KubernetesClient } from './kubernetes-client.ts';
import { resolveName } from './name-resolver.ts';
import { demandPermission, permitting } from './permission.ts';
import { SqlClient } from './sql-client.ts';
import { sqlPolicy } from './sql-policy.ts';

/** What only the worker can supply. */
export interface OutsidePorts {
  readSamples(service: string, sinceMs: number): Promise<readonly WatchSample[]>;
  leaseStore(service: string): LeaseStore;
  pastRestores(service: string): Promise<readonly MeasuredRestore[]>;
  executionLife(executionId: string): Promise<ExecutionLife>;
  drillHistory(service: string): Promise<readonly PastDrill[]>;
  evidenceWritable(): Promise<boolean>;
  /** What programs that Lifeboat starts get to see of its surroundings; absent: next to nothing. */
  readonly programEnvironment?: Readonly<Record<string, string>>;
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
    const infrastructure = new InfrastructureClient({
      binary: this.#configuration.infrastructure?.binary,
      profile,
      environment: this.#outside.programEnvironment,
    });
    const clusters = new Map<string, KubernetesClient>();
    const cluster = (region: string): KubernetesClient => {
      const known = clusters.get(region) ?? new KubernetesClient(computeOf(service, region), network.localAddress);
      clusters.set(region, known);
      return known;
    };
    const lease = this.#outside.leaseStore(service.name);
    const changes = changePorts({ service, policies, aws, sql, cluster, infrastructure, network, lease });
    const clients: Clients = {
      rds: (region) => aws.rds(region),
      route53: () => aws.route53(),
      s3: (region) => aws.s3(region),
      deployment: (region, namespace, name) => {
        const what = `deployment ${name} in ${region}`;
        return named(
          what,
          policies.for('eks', region).read(() => named(what, cluster(region).read(namespace, name))),
        );
      },
      disruptionBudgets: (region, namespace, name) => {
        const what = `disruption budgets of ${name} in ${region}`;
        return named(
          what,
          policies.for('eks', region).read(() => named(what, cluster(region).disruptionBudgets(namespace, name))),
        );
      },
      query: (region, text, values = [], timeoutMs) => {
        const what = `SQL in ${region}`;
        const ask = () => named(what, sql.read({ region }, aws.rds(region), { sql: text, values }, timeoutMs));
        return named(what, sqlPolicy(policies, { region }).read(ask));
      },
      queryTogether: (at, statements, timeoutMs) => {
        const what = `SQL on ${at.cluster} in ${at.region}`;
        const ask = () => named(what, sql.readTogether(at, aws.rds(at.region), statements, timeoutMs));
        return named(what, sqlPolicy(policies, at, timeoutMs).readOnce(ask));
      },
      kms: (region) => aws.kms(region),
      planInfrastructure: (folder, variables, signal) => infrastructure.plan(folder, variables, signal),
      pastRestores: (name) => this.#outside.pastRestores(name),
      executionLife: (executionId) => this.#outside.executionLife(executionId),
      drillHistory: (name) => this.#outside.drillHistory(name),
      evidenceWritable: () => this.#outside.evidenceWritable(),
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
