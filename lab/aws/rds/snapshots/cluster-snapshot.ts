import type { StoredSnapshot } from '../../../backup/backups.ts';
import type { Region } from '../../../topology.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import { arnOf } from '../identifiers.ts';
import { ENGINE, ENGINE_VERSION } from '../rds-resources.ts';

const GIGABYTE = 1024 ** 3;

/** The cluster a snapshot was taken of, as it was then. A copy keeps it. */
export interface SnapshotOrigin {
  readonly cluster: string;
  readonly resourceId: string;
  readonly clusterCreatedAt: Date;
  readonly port: number;
  readonly backupRetentionDays: number;
}

type ClusterSnapshotOptions = Pick<
  ClusterSnapshot,
  'region' | 'id' | 'type' | 'origin' | 'kmsKey' | 'copiedFrom' | 'storage'
>;

export class ClusterSnapshot {
  readonly region: Region;
  readonly id: string;
  readonly type: 'automated' | 'manual';
  readonly origin: SnapshotOrigin;
  readonly kmsKey: string | null;
  /** ARN of the snapshot this is a copy of. */
  readonly copiedFrom: string | null;
  /** Name its files have with the backups. */
  readonly storage: string;
  /** Of a snapshot the instant its data was current; of a copy the instant the copy was asked for, as AWS has it. */
  createdAt = new Date();
  status: 'creating' | 'available' | 'copying' | 'failed' | 'deleting';
  percent = 0;
  stored: StoredSnapshot | null = null;
  /** Restores that read from it now. */
  restoring = 0;

  constructor(options: ClusterSnapshotOptions) {
    this.region = options.region;
    this.id = options.id;
    this.type = options.type;
    this.origin = options.origin;
    this.kmsKey = options.kmsKey;
    this.copiedFrom = options.copiedFrom;
    this.storage = options.storage;
    this.status = options.copiedFrom === null ? 'creating' : 'copying';
  }

  get arn(): string {
    return arnOf(this.region, 'cluster-snapshot', this.id);
  }

  /** What a restore inherits where the request does not say. */
  get backupRetentionDays(): number {
    return this.origin.backupRetentionDays;
  }

  complete(stored: StoredSnapshot): void {
    this.stored = stored;
    this.status = 'available';
    this.percent = 100;
    if (this.copiedFrom === null) this.createdAt = stored.dataTime;
  }
}

/** `DBClusterSnapshot`. */
export const shownSnapshot = (snapshot: ClusterSnapshot, tagsOf: (arn: string) => readonly XmlObject[]): XmlObject => ({
  DBClusterSnapshotIdentifier: snapshot.id,
  DBClusterSnapshotArn: snapshot.arn,
  SourceDBClusterSnapshotArn: snapshot.copiedFrom ?? undefined,
  DBClusterIdentifier: snapshot.origin.cluster,
  DbClusterResourceId: snapshot.origin.resourceId,
  ClusterCreateTime: snapshot.origin.clusterCreatedAt,
  SnapshotCreateTime: snapshot.createdAt,
  SnapshotType: snapshot.type,
  Status: snapshot.status,
  PercentProgress: snapshot.percent,
  Engine: ENGINE,
  EngineVersion: ENGINE_VERSION,
  EngineMode: 'provisioned',
  LicenseModel: 'postgresql-license',
  MasterUsername: 'postgres',
  Port: snapshot.origin.port,
  // Gigabytes, as AWS counts allocated storage: the lab's databases all have one.
  AllocatedStorage: Math.max(1, Math.ceil((snapshot.stored?.sizeBytes ?? 0) / GIGABYTE)),
  AvailabilityZones: ['a', 'b', 'c'].map((zone) => `${snapshot.region}${zone}`),
  VpcId: `vpc-lab-${snapshot.region}`,
  StorageEncrypted: snapshot.kmsKey !== null,
  KmsKeyId: snapshot.kmsKey ?? undefined,
  StorageType: 'aurora',
  IAMDatabaseAuthenticationEnabled: false,
  TagList: tagsOf(snapshot.arn),
});
