import type { Region } from '../../../topology.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import { reasonOf } from '../background-work.ts';
import type { ControlPlane } from '../control-plane.ts';
import { databaseCluster } from '../descriptions.ts';
import { clusterStatus } from '../global-view.ts';
import { knownSecurityGroups } from '../groups/security-groups.ts';
import { newIdentifier } from '../identifiers.ts';
import { rdsFault } from '../rds-faults.ts';
import type { RestoredAddresses } from '../restored-addresses.ts';
import type { ClusterSettings } from './cluster-settings.ts';
import { knownParameterGroup, retentionOf } from './placement.ts';
import type { RestoredCluster } from './restored-cluster.ts';
import { restoredCluster } from './restored-descriptions.ts';

interface Modification {
  readonly settings: Partial<ClusterSettings>;
  readonly newId: string | null;
  readonly immediately: boolean;
}

/** `ModifyDBCluster`. Settings take effect at once, as AWS applies most of them; a new name takes its time, and the DNS name with it. */
export class ModifyCluster {
  readonly #plane: ControlPlane;
  readonly #addresses: RestoredAddresses | null;
  /** Regions whose member is taking another name: it takes no second order meanwhile. */
  readonly #renaming = new Set<Region>();

  constructor(plane: ControlPlane, addresses: RestoredAddresses | null) {
    this.#plane = plane;
    this.#addresses = addresses;
  }

  async perform(region: Region, parameters: QueryParameters): Promise<XmlObject> {
    const { members, restored } = this.#plane;
    const named = parameters.required('DBClusterIdentifier');
    const modification = this.#read(region, parameters);
    if (members.isNamed(region, named)) return this.#modifyMember(region, modification);
    const cluster = restored.find(region, named);
    if (!cluster) throw rdsFault('DBClusterNotFoundFault', `DBCluster ${named} not found.`);
    return this.#modifyRestored(cluster, modification);
  }

  #read(region: Region, parameters: QueryParameters): Modification {
    const securityGroups = parameters.texts('VpcSecurityGroupIds');
    const parameterGroup = knownParameterGroup(region, parameters, this.#plane.parameterGroups);
    const backupRetentionDays = retentionOf(parameters);
    const deletionProtection = parameters.flag('DeletionProtection');
    const copyTagsToSnapshot = parameters.flag('CopyTagsToSnapshot');
    const renamed = parameters.text('NewDBClusterIdentifier') !== undefined;
    return {
      settings: {
        ...(securityGroups.length > 0 && { securityGroups: knownSecurityGroups(region, securityGroups) }),
        ...(parameterGroup !== undefined && { parameterGroup }),
        ...(backupRetentionDays !== undefined && { backupRetentionDays }),
        ...(deletionProtection !== undefined && { deletionProtection }),
        ...(copyTagsToSnapshot !== undefined && { copyTagsToSnapshot }),
      },
      newId: renamed ? newIdentifier(parameters, 'NewDBClusterIdentifier') : null,
      immediately: parameters.flag('ApplyImmediately') ?? false,
    };
  }

  async #modifyMember(region: Region, { settings, newId, immediately }: Modification): Promise<XmlObject> {
    const { members, view, tagsOf, work } = this.#plane;
    const seen = await view();
    const status = this.#renaming.has(region) ? 'renaming' : clusterStatus(seen, region);
    if (status !== 'available') throw notAvailable(members.id(region), status);
    if (newId !== null) this.#checkFree(region, newId);
    members.change(region, settings);
    if (newId !== null && immediately) {
      this.#renaming.add(region);
      work.start(`rename of ${members.id(region)}`, () => this.#renameMember(region, newId));
    }
    const shown = databaseCluster(await view(), region, tagsOf);
    return { DBCluster: this.#renaming.has(region) ? { ...shown, Status: 'renaming' } : shown };
  }

  #modifyRestored(cluster: RestoredCluster, { settings, newId, immediately }: Modification): XmlObject {
    const { tagsOf, work } = this.#plane;
    if (cluster.status !== 'available') throw notAvailable(cluster.id, cluster.status);
    if (newId !== null) this.#checkFree(cluster.region, newId);
    if (settings.parameterGroup !== undefined && settings.parameterGroup !== cluster.settings.parameterGroup) {
      cluster.parameterGroupStatus = 'pending-reboot';
    }
    cluster.settings = { ...cluster.settings, ...settings };
    if (newId !== null && !immediately) cluster.pendingId = newId;
    if (newId !== null && immediately) {
      cluster.status = 'renaming';
      work.start(`rename of ${cluster.id}`, () => this.#renameRestored(cluster, newId));
    }
    return { DBCluster: restoredCluster(cluster, tagsOf) };
  }

  #checkFree(region: Region, id: string): void {
    if (!this.#plane.restored.isTaken(region, id)) return;
    throw rdsFault('DBClusterAlreadyExistsFault', `DB cluster already exists: ${id}.`);
  }

  async #renameMember(region: Region, newId: string): Promise<void> {
    const { members, tags, durations, work, say } = this.#plane;
    const [old, oldArn] = [members.id(region), members.arn(region)];
    try {
      await work.wait(durations().restoreSettling);
      this.#checkFree(region, newId);
      await this.#addresses?.rename(old, region, newId);
      members.rename(region, newId);
      tags.rename(oldArn, members.arn(region));
      say(`rds: ${old} is now ${newId}`);
    } catch (caught) {
      say(`rds: ${old} keeps its name: ${reasonOf(caught)}`);
    } finally {
      this.#renaming.delete(region);
    }
  }

  async #renameRestored(cluster: RestoredCluster, newId: string): Promise<void> {
    const { tags, durations, work, say } = this.#plane;
    const [old, oldArn] = [cluster.id, cluster.arn];
    try {
      await work.wait(durations().restoreSettling);
      this.#checkFree(cluster.region, newId);
      if (cluster.address) await this.#addresses?.rename(old, cluster.region, newId);
      cluster.id = newId;
      tags.rename(oldArn, cluster.arn);
      say(`rds: ${old} is now ${newId}`);
    } catch (caught) {
      say(`rds: ${old} keeps its name: ${reasonOf(caught)}`);
    }
    cluster.status = 'available';
  }
}

const notAvailable = (id: string, status: string) =>
  rdsFault('InvalidDBClusterStateFault', `DB cluster ${id} is ${status}: a modification needs it available.`);
