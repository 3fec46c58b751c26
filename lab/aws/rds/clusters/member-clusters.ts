import { clusterId, REGIONS, type Region } from '../../../topology.ts';
import { arnOf, identifierIn } from '../identifiers.ts';
import { type ClusterSettings, memberSettings } from './cluster-settings.ts';

interface Member {
  id: string;
  settings: ClusterSettings;
  readonly createdAt: Date;
}

/** The global cluster's members: names and settings. What they do is the database's business. */
export class MemberClusters {
  /** Regions that have one. */
  readonly regions: readonly Region[];
  readonly #members: Readonly<Record<Region, Member>>;

  constructor(regions: readonly Region[]) {
    this.regions = regions;
    const member = (region: Region): Member => ({
      id: clusterId(region),
      settings: memberSettings(region),
      createdAt: new Date(),
    });
    this.#members = { 'eu-west-1': member('eu-west-1'), 'eu-west-3': member('eu-west-3') };
  }

  isPresent(region: Region): boolean {
    return this.regions.includes(region);
  }

  id(region: Region): string {
    return this.#members[region].id;
  }

  arn(region: Region): string {
    return arnOf(region, 'cluster', this.id(region));
  }

  createdAt(region: Region): Date {
    return this.#members[region].createdAt;
  }

  settings(region: Region): ClusterSettings {
    return this.#members[region].settings;
  }

  change(region: Region, settings: Partial<ClusterSettings>): void {
    const member = this.#members[region];
    member.settings = { ...member.settings, ...settings };
  }

  rename(region: Region, id: string): void {
    this.#members[region].id = id;
  }

  /** Whether an identifier or ARN names this region's member. */
  isNamed(region: Region, named: string): boolean {
    return this.isPresent(region) && identifierIn(region, 'cluster', named) === this.id(region);
  }

  regionOf(arn: string): Region | undefined {
    return REGIONS.find((region) => this.isPresent(region) && this.arn(region) === arn.toLowerCase());
  }
}
