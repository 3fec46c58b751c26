import type { Objectives } from './objective.ts';

/** What a person may do. Asker and approver are always two people, whatever their roles. */
export type PersonRole = 'operator' | 'approver';

export interface Person {
  readonly id: string;
  readonly roles: readonly PersonRole[];
  /** Ed25519 public key, SPKI DER in base64. The private half never leaves the person's machine. */
  readonly publicKey: string;
}

/** A latched switch on the data plane: an object in the recovery region that an inverted health check watches. */
export interface DnsSwitch {
  readonly kind: 'object';
  /** Region whose S3 holds the object; never the protected one. */
  readonly region: string;
  readonly bucket: string;
  /** While this object exists, the public name answers with the recovery region. */
  readonly key: string;
}

export interface ServiceDns {
  readonly name: string;
  readonly zone: string;
  readonly ttlSeconds: number;
  readonly switch: DnsSwitch;
}

export interface RegionDatabase {
  readonly cluster: string;
  /** ARN of the cluster: failover calls take nothing else. */
  readonly arn: string;
}

export interface ServiceDatabase {
  readonly globalCluster: string;
  readonly databaseName: string;
  readonly user: string;
  /** File holding the password; absent where the database trusts the network (the rehearsal environment). */
  readonly passwordFile?: string;
  readonly regions: Readonly<Record<string, RegionDatabase>>;
  /** Table of canary bookings and its columns, for measuring what survived. */
  readonly canary: { readonly table: string; readonly vantageColumn: string; readonly numberColumn: string };
  /**
   * Table that takes one row per execution to prove that the promoted writer writes: `execution_id text primary key,
   * epoch bigint, written_at timestamptz default clock_timestamp()`. Must exist beforehand.
   */
  readonly probeTable: string;
}

export interface Deployment {
  readonly name: string;
  readonly namespace: string;
  /** Replicas that carry production load. */
  readonly replicas: number;
}

export interface RegionCompute {
  /** Kubernetes API server, and a file with the bearer token. */
  readonly server: string;
  readonly tokenFile: string;
  readonly deployments: readonly Deployment[];
}

export interface FrontDoor {
  readonly address: string;
  readonly port: number;
  /** Answers 200 when the region can serve. */
  readonly readyPath: string;
}

export interface ServiceWatch {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly vantages: readonly { readonly id: string; readonly place: string }[];
  /** Synthetic practitioner that canary bookings use; kept out of notifications and analytics. */
  readonly practitioner: string;
}

export interface ServiceFence {
  readonly method: 'lease' | 'unproven';
  readonly leaseTtlMs: number;
  /** Longest pause of a writer between its lease check and its next step that the wait must outlast. */
  readonly pauseMarginMs: number;
  readonly driftMarginMs: number;
}

/** One protected business service, as the configuration declares it. */
export interface Service {
  readonly name: string;
  readonly regions: { readonly protected: string; readonly recovery: string };
  readonly objectives: Objectives;
  readonly people: readonly Person[];
  readonly dns: ServiceDns;
  readonly database: ServiceDatabase;
  readonly compute: Readonly<Record<string, RegionCompute>>;
  readonly frontDoor: Readonly<Record<string, FrontDoor>>;
  readonly watch: ServiceWatch;
  readonly fence: ServiceFence;
  readonly notify: readonly { readonly kind: 'webhook'; readonly url: string }[];
}

export interface Configuration {
  /** Name of the environment; predictions are learnt only from executions in the same one. */
  readonly environment: string;
  /** One line printed on every screen, for instance what a rehearsal environment is not. */
  readonly banner?: string;
  readonly temporal: { readonly address: string; readonly namespace: string; readonly taskQueue: string };
  /** Folders in the control place. */
  readonly control: {
    readonly evidence: string;
    readonly lease: string;
    readonly watch: string;
    /** Ed25519 private key (PKCS #8 PEM) that signs ledger entries, and its public half (SPKI PEM). */
    readonly ledgerKey: string;
    readonly ledgerPublicKey: string;
  };
  readonly network: {
    /** Source address for every outgoing connection; absent means the system chooses. */
    readonly localAddress?: string;
    /** Resolvers for the public name and database endpoints, `address:port`; absent means the system's. */
    readonly resolvers?: readonly string[];
  };
  readonly aws: {
    /** Endpoint overrides per region and service; absent means AWS. */
    readonly endpoints?: Readonly<Record<string, Readonly<Partial<Record<'rds' | 's3' | 'route53', string>>>>>;
    /** Shared-credentials profiles: one that can only read, one that executes. */
    readonly planProfile?: string;
    readonly executeProfile?: string;
  };
  readonly services: Readonly<Record<string, Service>>;
}
