import type { RestoredAddress, RestoredAddresses } from '../aws/rds/restored-addresses.ts';
import { absoluteName } from '../dns/record-set.ts';
import type { Zone } from '../dns/zone.ts';
import type { ZoneChange } from '../dns/zone-change.ts';
import type { Link, Network } from '../network/network.ts';
import {
  behind,
  clusterId,
  type Endpoint,
  endpoints,
  type Region,
  restoredEndpoints,
  restoredName,
} from '../topology.ts';

export interface RestoredAddressOptions {
  readonly network: Network;
  /** Base port of the lab. */
  readonly base: number;
  readonly zone: Zone;
  readonly ttlSeconds: () => number;
  /** Whether the region has a database of its own; where it has none, a cluster of that name takes its address. */
  readonly hasOwnDatabase: (region: Region) => boolean;
  /** Called with all that are there when some come or go. */
  readonly changed: (places: readonly RestoredPlace[]) => void;
}

interface Held {
  readonly region: Region;
  readonly address: RestoredAddress;
  /** `null`: the region's own link, which is there without a database too. */
  readonly link: Link | null;
}

/** What can be seen of one restored cluster from outside. */
export interface RestoredPlace {
  readonly cluster: string;
  readonly region: Region;
  /** Where others reach it. */
  readonly at: Endpoint;
}

/** Links and DNS records of restored clusters: each is reached as the region's own database is, and under the same faults. */
export class RestoredClusterAddresses implements RestoredAddresses {
  readonly #options: RestoredAddressOptions;
  /** By cluster. */
  readonly #held = new Map<string, Held>();
  /** What a region's own cluster is called, where somebody gave it another name. */
  readonly #ownNames = new Map<Region, string>();
  /** Public hosts taken, also by those whose link is still being opened. */
  readonly #taken = new Set<string>();

  constructor(options: RestoredAddressOptions) {
    this.#options = options;
  }

  async open(cluster: string, region: Region): Promise<RestoredAddress> {
    const known = this.#held.get(cluster);
    if (known) return known.address;
    const listen = this.#freeAddress(cluster, region);
    this.#taken.add(listen.host);
    try {
      const address = { public: listen, hidden: behind(listen) };
      const link = listen.host === this.#own(region).host ? null : await this.#link(cluster, region, address);
      this.#held.set(cluster, { region, address, link });
      this.#tell();
      this.#apply([this.#pointing(cluster, listen.host)]);
      return address;
    } catch (caught) {
      this.#taken.delete(listen.host);
      throw caught;
    }
  }

  async rename(cluster: string, region: Region, newCluster: string): Promise<void> {
    const held = this.#held.get(cluster);
    const isOwn = !held && cluster === (this.#ownNames.get(region) ?? clusterId(region));
    const host = held?.address.public.host ?? (isOwn ? this.#own(region).host : null);
    if (host === null) throw new Error(`${cluster} in ${region} has no address, so it cannot become ${newCluster}`);
    this.#apply([...this.#forgetting(cluster), this.#pointing(newCluster, host)]);
    if (!held) {
      this.#ownNames.set(region, newCluster);
      return;
    }
    this.#held.delete(cluster);
    this.#held.set(newCluster, held);
    this.#tell();
  }

  async close(cluster: string, region: Region): Promise<void> {
    const held = this.#held.get(cluster);
    if (!held) return;
    this.#held.delete(cluster);
    this.#tell();
    // The region's own name stays in the zone, as it stood there before anything was restored under it.
    if (held.address.public.host !== this.#own(region).host) this.#apply(this.#forgetting(cluster));
    await held.link?.close();
    this.#taken.delete(held.address.public.host);
  }

  #tell(): void {
    this.#options.changed(
      [...this.#held].map(([cluster, { region, address }]) => ({ cluster, region, at: address.public })),
    );
  }

  #link(cluster: string, region: Region, address: RestoredAddress): Promise<Link> {
    const { public: listen, hidden: to } = address;
    return this.#options.network.link({ name: `database ${cluster}`, place: region, listen, to });
  }

  #freeAddress(cluster: string, region: Region): Endpoint {
    const { base, hasOwnDatabase } = this.#options;
    const own = this.#own(region);
    if (cluster === clusterId(region) && !hasOwnDatabase(region) && !this.#taken.has(own.host)) return own;
    const restored = restoredEndpoints(base, region);
    const free = restored.find(({ host }) => !this.#taken.has(host));
    if (free) return free;
    throw new Error(`${cluster}: all ${restored.length} addresses for restored clusters of ${region} are taken`);
  }

  /** Address of the region's own database, whether it has one or not. */
  #own(region: Region): Endpoint {
    return endpoints(this.#options.base).regions[region].database;
  }

  #pointing(cluster: string, host: string): ZoneChange {
    const ttlSeconds = this.#options.ttlSeconds();
    return { action: 'UPSERT', record: { name: restoredName(cluster), type: 'A', ttlSeconds, values: [host] } };
  }

  #forgetting(cluster: string): readonly ZoneChange[] {
    const name = absoluteName(restoredName(cluster));
    const record = this.#options.zone.records.find((each) => each.name === name && each.type === 'A');
    return record ? [{ action: 'DELETE', record }] : [];
  }

  #apply(changes: readonly ZoneChange[]): void {
    if (changes.length > 0) this.#options.zone.apply(changes);
  }
}
