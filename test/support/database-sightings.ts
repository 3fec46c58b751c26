import { DescribeDBClustersCommand, RDSClient } from '@aws-sdk/client-rds';
import type { LabHandle } from '../../lab/lab-handle.ts';

const EVERY_MS = 150;
const REGIONS = ['eu-west-1', 'eu-west-3'] as const;

/** A cluster as RDS showed it when it was last seen. */
export interface SeenCluster {
  readonly region: string;
  readonly cluster: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Oldest instant it can be restored to, Unix milliseconds; `null` while there is none. */
  readonly restorableFrom: number | null;
}

type Clients = readonly { readonly region: string; readonly rds: RDSClient }[];

/** Looks at RDS all the time and keeps every cluster that ever was there, with its tags. Shares nothing with the product. */
export class DatabaseSightings {
  readonly #clients: Clients;
  readonly #seen = new Map<string, SeenCluster>();
  readonly #looking: NodeJS.Timeout;

  private constructor(clients: Clients) {
    this.#clients = clients;
    this.#looking = setInterval(() => void this.#look().catch(() => undefined), EVERY_MS);
  }

  /** Has looked once when it resolves. */
  static async of(lab: LabHandle): Promise<DatabaseSightings> {
    const { endpoints } = await lab.status();
    const credentials = { accessKeyId: 'observer', secretAccessKey: 'observer' };
    const sightings = new DatabaseSightings(
      REGIONS.map((region) => ({
        region,
        rds: new RDSClient({ region, endpoint: endpoints.operator[region].rds, credentials, maxAttempts: 1 }),
      })),
    );
    await sightings.#look();
    return sightings;
  }

  all(): readonly SeenCluster[] {
    return [...this.#seen.values()];
  }

  close(): void {
    clearInterval(this.#looking);
    for (const { rds } of this.#clients) rds.destroy();
  }

  async #look(): Promise<void> {
    await Promise.all(
      this.#clients.map(async ({ region, rds }) => {
        const { DBClusters = [] } = await rds.send(new DescribeDBClustersCommand({}));
        for (const { DBClusterIdentifier, TagList = [], EarliestRestorableTime } of DBClusters) {
          const cluster = DBClusterIdentifier ?? '';
          this.#seen.set(`${region}/${cluster}`, {
            region,
            cluster,
            tags: Object.fromEntries(TagList.map(({ Key, Value }) => [Key ?? '', Value ?? ''])),
            restorableFrom: EarliestRestorableTime?.getTime() ?? null,
          });
        }
      }),
    );
  }
}
