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
  SWITCH_BUCKET,
  SWITCH_KEY,
  ZONE,
} from '../topology.ts';
import type { Folders } from './folders.ts';

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

/** The configuration Lifeboat gets in the lab: the same file a real service would write, with the lab's addresses. */
export function labConfiguration(lab: {
  readonly at: Folders;
  readonly endpoints: Endpoints;
  readonly people: readonly Person[];
  readonly durations: Durations;
}): Configuration {
  const { at, endpoints } = lab;
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
        ...perRegion((region) => ({ rds: url(endpoints.regions[region].rds), s3: url(endpoints.regions[region].s3) })),
        'us-east-1': { route53: url(endpoints.route53) },
      },
      planProfile: PLAN_PROFILE,
      executeProfile: EXECUTE_PROFILE,
    },
    services: { [SERVICE]: bookingService(lab) },
  };
}

function bookingService(lab: Parameters<typeof labConfiguration>[0]): Service {
  const { at, endpoints } = lab;
  return {
    name: SERVICE,
    regions: { protected: PROTECTED, recovery: RECOVERY },
    objectives: { rtoSeconds: 900, rpoSeconds: 60 },
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
      regions: perRegion((region) => ({ cluster: clusterId(region), arn: clusterArn(region) })),
      probeTable: PROBE_TABLE,
      canary: { table: 'bookings', vantageColumn: 'vantage', numberColumn: 'number' },
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
  };
}
