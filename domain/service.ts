import type { Json } from './json.ts';
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

/** Where a restored cluster is put. Whatever is left out of a restore call AWS takes from its defaults, which are not production's. */
export interface RestorePlacement {
  readonly subnetGroup: string;
  readonly securityGroups: readonly string[];
  readonly parameterGroup: string;
  /** ARN of the key in this region; absent where storage is not encrypted. */
  readonly kmsKey?: string;
  readonly instanceClass: string;
}

export interface RegionDatabase {
  readonly cluster: string;
  /** ARN of the cluster: failover calls take nothing else. */
  readonly arn: string;
  /** Absent: nothing can be restored here. */
  readonly restore?: RestorePlacement;
}

/** A table whose rows a restore must bring back, every one. */
export interface ValidatedTable {
  readonly table: string;
  /** Column that orders rows within a bucket, unique. */
  readonly keyColumn: string;
  /** When the row was written. */
  readonly timestampColumn: string;
  /** Rows younger than this before the bookmark may still be under way, and are not compared. */
  readonly settledAfterSeconds: number;
  /** Width of a bucket of rows that is compared by one checksum. */
  readonly bucketSeconds: number;
}

/** A rule of the business as SQL that must return no rows. */
export interface Invariant {
  readonly id: string;
  readonly says: string;
  readonly sql: string;
}

/** What makes a restored database believable. */
export interface ServiceValidation {
  /** Longest all checks together may take. */
  readonly deadlineSeconds: number;
  readonly tables: readonly ValidatedTable[];
  readonly invariants: readonly Invariant[];
}

/** Something that runs by itself, declared here and nowhere else. */
export interface ServiceSchedule {
  readonly id: string;
  readonly runbook: string;
  readonly mode: 'drill' | 'live';
  readonly parameters: Readonly<Record<string, Json>>;
  /** `quarterly: first Tuesday 09:00 Europe/Paris`, `daily: 04:30 Europe/Paris`, or `cron: 30 4 * * * Europe/Paris`. */
  readonly every: string;
  /** A run missed by more than this, because Temporal was down, is not made up for. */
  readonly catchUpHours: number;
}

/** What backups and copies are held against. */
export interface ServiceBackups {
  readonly retentionDaysAtLeast: number;
  readonly copies: {
    /** How many copies pruning leaves in the recovery region, at least. */
    readonly keep: number;
    /** Every so many copies one is restored and validated there. */
    readonly validateEvery: number;
  };
}

/** How the recovery region is brought up when nothing stands there. */
export interface ServiceColdRecovery {
  /** Folder of the recovery stack, for the configured Terraform-compatible binary. */
  readonly infrastructureFolder: string;
  readonly variables: Readonly<Record<string, string>>;
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
  /** Absent: nothing restored can be validated, so drills are refused. */
  readonly validation?: ServiceValidation;
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
  readonly schedules?: readonly ServiceSchedule[];
  readonly backups?: ServiceBackups;
  readonly coldRecovery?: ServiceColdRecovery;
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
    readonly endpoints?: Readonly<Record<string, Readonly<Partial<Record<'rds' | 's3' | 'route53' | 'kms', string>>>>>;
    /** Shared-credentials profiles: one that can only read, one that executes. */
    readonly planProfile?: string;
    readonly executeProfile?: string;
  };
  /** Terraform-compatible binary that brings recovery stacks up. */
  readonly infrastructure?: { readonly binary: string };
  readonly services: Readonly<Record<string, Service>>;
}
