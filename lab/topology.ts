/** Three places on one machine, and who listens where. Pure: everything follows from the base port. */

export type Place = 'eu-west-1' | 'eu-west-3' | 'eu-central-1' | 'us-east-1' | 'outside' | 'operator';

export const PROTECTED = 'eu-west-1';
export const RECOVERY = 'eu-west-3';
export const CONTROL = 'eu-central-1';
export const REGIONS = [PROTECTED, RECOVERY] as const;
export type Region = (typeof REGIONS)[number];

/** First three octets of every address of a place; shells and browsers come from 127.0.0.1. */
const PREFIX: Readonly<Record<Place, string>> = {
  'eu-west-1': '127.0.1',
  'eu-west-3': '127.0.3',
  'eu-central-1': '127.0.9',
  'us-east-1': '127.0.5',
  outside: '127.0.7',
  operator: '127.0.0',
};

export const addressIn = (place: Place, host: number): string => `${PREFIX[place]}.${host}`;

/** The place a connection comes from, by its source address; `null` for an address of no place. */
export function placeOf(address: string): Place | null {
  const prefix = address
    .replace(/^::ffff:/, '')
    .split('.')
    .slice(0, 3)
    .join('.');
  return (Object.keys(PREFIX) as Place[]).find((place) => PREFIX[place] === prefix) ?? null;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Hosts inside a region: the public address others use (a link), and the hidden one the part itself binds. */
export const HOST = {
  pods: 9,
  observer: 7,
  frontDoor: 10,
  database: 20,
  /** First of the addresses that restored clusters take, `RESTORED_PER_REGION` of them. */
  restoredFirst: 21,
  rds: 30,
  s3: 31,
  kubernetes: 32,
  kms: 33,
  route53: 30,
  lifeboat: 5,
  webhook: 40,
  resolver: 53,
  authoritative1: 54,
  authoritative2: 55,
} as const;

/** How many restored clusters of a region can run at one time. */
export const RESTORED_PER_REGION = 8;

/** Added to a public host number to get the hidden one behind its link. */
const HIDDEN = 100;

/** Offsets from the base port of a lab. A lab owns `base … base + 99` on every address. */
export const PORT = {
  frontDoor: 0,
  database: 1,
  rds: 2,
  s3: 3,
  kubernetes: 4,
  route53: 5,
  dns: 6,
  webhook: 7,
  temporal: 8,
  /** Replication: what each standby dials to reach the other region's database. */
  replication: 9,
  kms: 10,
  /** Operator's listeners on 127.0.0.1, one per AWS endpoint. */
  operatorRdsProtected: 20,
  operatorRdsRecovery: 21,
  operatorS3Protected: 22,
  operatorS3Recovery: 23,
  operatorRoute53: 24,
  operatorKmsProtected: 25,
  operatorKmsRecovery: 26,
  control: 30,
  /** First of the ports that booking processes take, 30 of them, on the region's `pods` address. */
  pods: 60,
} as const;

export const ZONE = 'lab.test';
export const PUBLIC_NAME = 'booking.lab.test';
/** Writer endpoint of each region's cluster, answered by the lab's DNS. */
export const writerName = (region: Region): string => `booking-${region}.cluster.${ZONE}`;
/** Writer endpoint of any cluster, a restored one too. */
export const restoredName = (cluster: string): string => `${cluster}.cluster.${ZONE}`;

export const ACCOUNT = '123456789012';
export const GLOBAL_CLUSTER = 'booking-global';
export const clusterId = (region: Region): string => `booking-${region}`;
export const clusterArn = (region: Region): string => `arn:aws:rds:${region}:${ACCOUNT}:cluster:${clusterId(region)}`;

const keyOf = (region: Region, id: string): string =>
  `arn:aws:kms:${region}:${ACCOUNT}:key/${id}-${region.replaceAll('-', '').padEnd(12, '0')}`;
/** Key that encrypts everything the lab keeps in a region. */
export const kmsKeyArn = (region: Region): string => keyOf(region, '11111111-1111-4111-8111');
/** A second key of the region, which nothing should be encrypted with. */
export const otherKmsKeyArn = (region: Region): string => keyOf(region, '22222222-2222-4222-8222');

/** Where restored clusters of the lab belong; each value differs from what AWS takes when it is not given. */
export const restorePlacement = (region: Region) => ({
  subnetGroup: 'booking-isolated',
  securityGroups: ['sg-0000000000000iso1'],
  parameterGroup: 'booking-aurora-postgresql18',
  instanceClass: 'db.r6g.large',
  kmsKey: kmsKeyArn(region),
});
/** What a restore gets where the request names nothing. */
export const AWS_DEFAULTS = {
  subnetGroup: 'default',
  securityGroup: 'sg-00000000000default',
  parameterGroup: 'default.aurora-postgresql18',
} as const;

export const HOSTED_ZONE_ID = 'Z0LAB0000000000001';
export const SWITCH_BUCKET = 'booking-switch';
export const SWITCH_KEY = 'serve-from-eu-west-3';
export const NAMESPACE = 'booking';

export const BANNER = 'LAB: not AWS; no capacity, quota, IAM or Aurora timing';

export function endpoints(base: number) {
  const at = (place: Place, host: number, port: number): Endpoint => ({
    host: addressIn(place, host),
    port: base + port,
  });
  const region = (place: Region) => ({
    frontDoor: at(place, HOST.frontDoor, PORT.frontDoor),
    database: at(place, HOST.database, PORT.database),
    rds: at(place, HOST.rds, PORT.rds),
    s3: at(place, HOST.s3, PORT.s3),
    kubernetes: at(place, HOST.kubernetes, PORT.kubernetes),
    kms: at(place, HOST.kms, PORT.kms),
    /** Where a standby elsewhere connects to follow this region's database. */
    replication: at(place, HOST.database, PORT.replication),
  });
  return {
    regions: { 'eu-west-1': region('eu-west-1'), 'eu-west-3': region('eu-west-3') } satisfies Record<Region, unknown>,
    route53: at('us-east-1', HOST.route53, PORT.route53),
    resolver: at('eu-central-1', HOST.resolver, PORT.dns),
    authoritative: [
      at('eu-central-1', HOST.authoritative1, PORT.dns),
      at('eu-central-1', HOST.authoritative2, PORT.dns),
    ] as const,
    webhook: at('eu-central-1', HOST.webhook, PORT.webhook),
    /** Not on an address of its place: Temporal's services find each other on 127.0.0.1 only, and no link fails here. */
    temporal: { host: '127.0.0.1', port: base + PORT.temporal },
    control: { host: '127.0.0.1', port: base + PORT.control },
    operator: {
      'eu-west-1': {
        rds: { host: '127.0.0.1', port: base + PORT.operatorRdsProtected },
        s3: { host: '127.0.0.1', port: base + PORT.operatorS3Protected },
        kms: { host: '127.0.0.1', port: base + PORT.operatorKmsProtected },
      },
      'eu-west-3': {
        rds: { host: '127.0.0.1', port: base + PORT.operatorRdsRecovery },
        s3: { host: '127.0.0.1', port: base + PORT.operatorS3Recovery },
        kms: { host: '127.0.0.1', port: base + PORT.operatorKmsRecovery },
      },
      'us-east-1': { route53: { host: '127.0.0.1', port: base + PORT.operatorRoute53 } },
    },
  };
}
export type Endpoints = ReturnType<typeof endpoints>;

/** Public addresses for a region's restored clusters, each behind a link of its own while it is taken. */
export const restoredEndpoints = (base: number, region: Region): readonly Endpoint[] =>
  Array.from({ length: RESTORED_PER_REGION }, (_, index) => ({
    host: addressIn(region, HOST.restoredFirst + index),
    port: base + PORT.database,
  }));

/** The hidden address behind a public one. */
export const behind = (endpoint: Endpoint): Endpoint => {
  const octets = endpoint.host.split('.');
  return { host: [...octets.slice(0, 3), Number(octets[3]) + HIDDEN].join('.'), port: endpoint.port };
};

/** How long the twin takes over what AWS takes minutes for. All in milliseconds. */
export interface Durations {
  readonly failoverPending: number;
  readonly failingOver: number;
  readonly switchingOver: number;
  readonly failoverSettling: number;
  readonly podStart: number;
  readonly route53InSync: number;
  readonly zoneLag: number;
  readonly healthCheckInterval: number;
  readonly healthCheckThreshold: number;
  readonly recordTtlSeconds: number;
  /** A restored cluster's `creating` after its data is there; a modification too. */
  readonly restoreSettling: number;
  readonly instanceStart: number;
  readonly instanceDelete: number;
  readonly clusterDelete: number;
  /** A snapshot's `creating` after its data is there. */
  readonly snapshotSettling: number;
  readonly automatedSnapshotEvery: number;
  readonly baseBackupEvery: number;
  /** PostgreSQL takes whole seconds. */
  readonly archiveTimeout: number;
  /** Of each snapshot copy. Bytes a second, not a duration. */
  readonly copyBytesPerSecond: number;
}

export const LAB_DURATIONS: Durations = {
  failoverPending: 500,
  failingOver: 3_000,
  switchingOver: 2_000,
  failoverSettling: 500,
  podStart: 1_000,
  route53InSync: 2_000,
  zoneLag: 200,
  healthCheckInterval: 1_000,
  healthCheckThreshold: 2,
  recordTtlSeconds: 2,
  restoreSettling: 300,
  instanceStart: 500,
  instanceDelete: 300,
  clusterDelete: 300,
  snapshotSettling: 300,
  automatedSnapshotEvery: 60_000,
  baseBackupEvery: 600_000,
  archiveTimeout: 2_000,
  copyBytesPerSecond: 40_000_000,
};
