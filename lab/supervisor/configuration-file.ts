import type { Configuration, Person, Service } from '../../domain/service.ts';
import {
  addressIn,
  BANNER,
  CONTROL,
  clusterArn,
  clusterId,
  type Durations,
  type Endpoint,
  type Endpoints,
  GLOBAL_CLUSTER,
  HOST,
  NAMESPACE,
  PROTECTED,
  PUBLIC_NAME,
  RECOVERY,
  REGIONS,
  restorePlacement,
  SWITCH_BUCKET,
  SWITCH_KEY,
  ZONE,
} from '../topology.ts';
import type { Folders } from './folders.ts';
import { BACKUPS, OBJECTIVES, SCHEDULES, VALIDATION } from './service-promises.ts';

export const TASK_QUEUE = 'lifeboat';
export const SERVICE = 'booking';
const DEPLOYMENT = 'booking';
export const PLAN_PROFILE = 'lifeboat-plan';
export const EXECUTE_PROFILE = 'lifeboat-execute';
/** Booking processes that carry production load, and those a standby region keeps. */
export const REPLICAS = { [PROTECTED]: 3, [RECOVERY]: 1 } as const;

/** Takes one row per execution, to prove that a promoted database writes. */
const PROBE_TABLE = 'lifeboat_probe';
export const PROBE_SCHEMA_SQL = `
create table ${PROBE_TABLE} (
  execution_id text primary key,
  epoch bigint,
  written_at timestamptz default clock_timestamp()
);
`;

export const FENCE = { leaseTtlMs: 2_000, pauseMarginMs: 500, driftMarginMs: 100 } as const;

export const url = (endpoint: Endpoint): string => `http://${endpoint.host}:${endpoint.port}`;
const hostPort = (endpoint: Endpoint): string => `${endpoint.host}:${endpoint.port}`;

const perRegion = <T>(make: (region: (typeof REGIONS)[number]) => T): Record<string, T> =>
  Object.fromEntries(REGIONS.map((region) => [region, make(region)]));

/** How the recovery region is brought up when nothing stands there. */
export interface RecoveryStack {
  /** Path of a Terraform-compatible binary. */
  readonly binary: string;
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
}

export interface ConfigurationParts {
  readonly at: Folders;
  readonly endpoints: Endpoints;
  readonly people: readonly Person[];
  readonly durations: Durations;
  /** `null`: nothing can bring the recovery region up. */
  readonly recoveryStack: RecoveryStack | null;
}

/** The configuration Lifeboat gets in the lab: the same file a real service would write, with the lab's addresses. */
export function labConfiguration(lab: ConfigurationParts): Configuration {
  const { at, endpoints, recoveryStack } = lab;
  return {
    environment: 'lab',
    banner: BANNER,
    temporal: { address: hostPort(endpoints.temporal), namespace: 'default', taskQueue: TASK_QUEUE },
    control: {
      evidence: at.evidence,
      lease: at.lease,
      watch: at.watch,
      ledgerKey: at.ledgerKey,
      ledgerPublicKey: at.ledgerPublicKey,
    },
    network: {
      localAddress: addressIn(CONTROL, HOST.lifeboat),
      resolvers: [hostPort(endpoints.resolver)],
    },
    aws: {
      endpoints: {
        ...perRegion((region) => {
          const { rds, s3, kms } = endpoints.regions[region];
          return { rds: url(rds), s3: url(s3), kms: url(kms) };
        }),
        'us-east-1': { route53: url(endpoints.route53) },
      },
      planProfile: PLAN_PROFILE,
      executeProfile: EXECUTE_PROFILE,
    },
    ...(recoveryStack ? { infrastructure: { binary: recoveryStack.binary } } : {}),
    services: { [SERVICE]: bookingService(lab) },
  };
}

function bookingService(lab: ConfigurationParts): Service {
  const { at, endpoints, recoveryStack } = lab;
  return {
    name: SERVICE,
    regions: { protected: PROTECTED, recovery: RECOVERY },
    objectives: OBJECTIVES,
    people: lab.people,
    dns: {
      name: PUBLIC_NAME,
      zone: ZONE,
      ttlSeconds: lab.durations.recordTtlSeconds,
      switch: { kind: 'object', region: RECOVERY, bucket: SWITCH_BUCKET, key: SWITCH_KEY },
    },
    database: {
      globalCluster: GLOBAL_CLUSTER,
      databaseName: 'postgres',
      user: 'postgres',
      regions: perRegion((region) => ({
        cluster: clusterId(region),
        arn: clusterArn(region),
        restore: restorePlacement(region),
      })),
      probeTable: PROBE_TABLE,
      canary: { table: 'bookings', vantageColumn: 'vantage', numberColumn: 'number' },
      validation: VALIDATION,
    },
    compute: perRegion((region) => ({
      server: url(endpoints.regions[region].kubernetes),
      tokenFile: at.token(region),
      deployments: [{ name: DEPLOYMENT, namespace: NAMESPACE, replicas: REPLICAS[PROTECTED] }],
    })),
    frontDoor: perRegion((region) => ({
      address: endpoints.regions[region].frontDoor.host,
      port: endpoints.regions[region].frontDoor.port,
      readyPath: '/readyz',
    })),
    watch: {
      intervalMs: 100,
      timeoutMs: 1_000,
      vantages: [{ id: 'control', place: CONTROL }],
      practitioner: 'synthetic-canary',
    },
    fence: { method: 'lease', ...FENCE },
    notify: [{ kind: 'webhook', url: `${url(endpoints.webhook)}/lifeboat` }],
    schedules: SCHEDULES,
    backups: BACKUPS,
    ...(recoveryStack
      ? { coldRecovery: { infrastructureFolder: recoveryStack.folder, variables: recoveryStack.variables } }
      : {}),
  };
}
