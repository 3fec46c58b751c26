import type { Backups } from '../../backup/backups.ts';
import type { Durations, Region } from '../../topology.ts';
import type { Keys } from '../kms/keys.ts';
import type { XmlObject } from '../query/query-xml.ts';
import type { BackgroundWork } from './background-work.ts';
import type { MemberClusters } from './clusters/member-clusters.ts';
import type { RestoredClusters } from './clusters/restored-clusters.ts';
import type { GlobalView } from './global-view.ts';
import type { ParameterGroups } from './groups/parameter-groups.ts';
import type { RegionalEvents } from './regional-events.ts';
import type { ResourceTags } from './resource-tags.ts';
import type { RestoredAddresses } from './restored-addresses.ts';
import type { ClusterSnapshots } from './snapshots/cluster-snapshots.ts';
import type { StorageNames } from './storage-names.ts';

/** What the operations share: the account's resources, and the means to change them in the background. */
export interface ControlPlane {
  readonly members: MemberClusters;
  readonly restored: RestoredClusters;
  readonly snapshots: ClusterSnapshots;
  readonly keys: Keys;
  readonly parameterGroups: ParameterGroups;
  readonly tags: ResourceTags;
  readonly events: Readonly<Record<Region, RegionalEvents>>;
  readonly storageNames: StorageNames;
  readonly work: BackgroundWork;
  readonly durations: () => Durations;
  readonly view: () => Promise<GlobalView>;
  readonly tagsOf: (arn: string) => readonly XmlObject[];
  /** Whether one region's endpoint reaches another region. */
  readonly reaches: (from: Region, to: Region) => boolean;
  readonly isLost: (region: Region) => boolean;
  readonly say: (line: string) => void;
}

/** With backups there are restores and snapshots too. */
export interface BackedControlPlane extends ControlPlane {
  readonly backups: Backups;
  /** `null`: restored clusters get no instances. */
  readonly addresses: RestoredAddresses | null;
}
