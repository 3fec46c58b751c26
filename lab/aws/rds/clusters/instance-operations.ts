import type { Region } from '../../../topology.ts';
import { invalidCombination, invalidValue, type QueryFault } from '../../query/query-fault.ts';
import type { QueryParameters } from '../../query/query-parameters.ts';
import type { XmlObject } from '../../query/query-xml.ts';
import { reasonOf } from '../background-work.ts';
import type { BackedControlPlane } from '../control-plane.ts';
import { arnOf, identifierIn, newIdentifier } from '../identifiers.ts';
import { rdsFault } from '../rds-faults.ts';
import { ENGINE, instanceId } from '../rds-resources.ts';
import { readTags } from '../tags.ts';
import type { RestoredCluster, RestoredInstance } from './restored-cluster.ts';
import { restoredInstance } from './restored-descriptions.ts';

const CLASS_FORM = /^db\.[a-z0-9-]+\.[a-z0-9]+$/;

/** Creating and deleting the instances of restored clusters: with the instance, the cluster's server starts and stops. */
export class InstanceOperations {
  readonly #plane: BackedControlPlane;

  constructor(plane: BackedControlPlane) {
    this.#plane = plane;
  }

  create(region: Region, parameters: QueryParameters): XmlObject {
    const { restored, members, tags, work } = this.#plane;
    const id = newIdentifier(parameters, 'DBInstanceIdentifier');
    const instanceClass = readClass(parameters);
    const clusterNamed = parameters.text('DBClusterIdentifier');
    // AWS would create an instance that stands alone, with storage of its own.
    if (clusterNamed === undefined) throw invalidCombination('The lab has instances of DB clusters only.');
    if (parameters.text('MasterUsername') !== undefined) {
      throw invalidCombination('MasterUsername cannot be given: it is the DB cluster’s.');
    }
    const given = readTags(parameters);
    if (restored.isInstanceTaken(region, id)) {
      throw rdsFault('DBInstanceAlreadyExistsFault', `DB instance already exists: ${id}.`);
    }
    const cluster = restored.find(region, clusterNamed);
    if (!cluster) {
      if (members.isNamed(region, clusterNamed)) throw full(clusterNamed);
      throw rdsFault('DBClusterNotFoundFault', `DBCluster ${clusterNamed} not found.`);
    }
    if (cluster.status !== 'available') {
      throw rdsFault(
        'InvalidDBClusterStateFault',
        `DB cluster ${cluster.id} is ${cluster.status}: an instance needs it available.`,
      );
    }
    if (cluster.instance) throw full(cluster.id);
    const instance: RestoredInstance = { id, instanceClass, createdAt: new Date(), status: 'creating' };
    cluster.instance = instance;
    tags.create(arnOf(region, 'db', id), given);
    work.start(`start of ${id}`, () => this.#start(cluster, instance));
    return this.#shown(cluster, instance);
  }

  async delete(region: Region, parameters: QueryParameters): Promise<XmlObject> {
    const named = parameters.required('DBInstanceIdentifier');
    const cluster = this.#plane.restored.ofInstance(region, named);
    if (!cluster?.instance) throw await this.#notDeletable(region, named);
    if (parameters.text('FinalDBSnapshotIdentifier') !== undefined) {
      throw invalidCombination('FinalDBSnapshotIdentifier can not be specified when deleting a cluster instance');
    }
    const { instance } = cluster;
    if (instance.status !== 'available' && instance.status !== 'failed') {
      throw rdsFault('InvalidDBInstanceStateFault', `DB instance ${instance.id} is ${instance.status}.`);
    }
    instance.status = 'deleting';
    this.#plane.work.start(`end of ${instance.id}`, () => this.#stop(cluster, instance));
    return this.#shown(cluster, instance);
  }

  /** Members' instances are the lab's own parts: AWS would delete a secondary's, and it refuses the primary's so. */
  async #notDeletable(region: Region, named: string): Promise<QueryFault> {
    const { members, view } = this.#plane;
    const id = identifierIn(region, 'db', named);
    const isMembers = members.isPresent(region) && id === instanceId(region);
    if (!isMembers || (await view()).members[region].headless) {
      return rdsFault('DBInstanceNotFoundFault', `DBInstance ${named} not found.`);
    }
    return rdsFault('InvalidDBClusterStateFault', `Cannot delete the last instance of ${members.id(region)}.`);
  }

  async #start(cluster: RestoredCluster, instance: RestoredInstance): Promise<void> {
    const { work, backups, addresses, durations, events, say } = this.#plane;
    try {
      if (!addresses) throw new Error('this lab has no addresses for restored clusters');
      cluster.address = await work.until(addresses.open(cluster.id, cluster.region));
      await work.until(backups.startRestored(cluster.storage, cluster.address.hidden));
      await work.wait(durations().instanceStart);
      instance.status = 'available';
      say(`rds: ${instance.id} serves ${cluster.id}`);
    } catch (caught) {
      if (work.closed) return;
      instance.status = 'failed';
      const message = `DB instance ${instance.id} could not start: ${reasonOf(caught)}`;
      const arn = arnOf(cluster.region, 'db', instance.id);
      events[cluster.region].record('db-instance', instance.id, arn, message, ['failure']);
      say(`rds: ${message}`);
    }
  }

  async #stop(cluster: RestoredCluster, instance: RestoredInstance): Promise<void> {
    const { work, backups, addresses, durations, tags, say } = this.#plane;
    await work.attempt(`stop of ${cluster.storage}`, () => backups.stopRestored(cluster.storage));
    await work.attempt(`address of ${cluster.id}`, async () => addresses?.close(cluster.id, cluster.region));
    cluster.address = null;
    await work.wait(durations().instanceDelete);
    tags.forget(arnOf(cluster.region, 'db', instance.id));
    cluster.instance = null;
    say(`rds: ${instance.id} deleted`);
  }

  #shown(cluster: RestoredCluster, instance: RestoredInstance): XmlObject {
    const { isLost, tagsOf } = this.#plane;
    return { DBInstance: restoredInstance(cluster, instance, isLost(cluster.region), tagsOf) };
  }
}

function readClass(parameters: QueryParameters): string {
  const instanceClass = parameters.required('DBInstanceClass');
  if (!CLASS_FORM.test(instanceClass)) throw invalidValue(`Invalid DB Instance class: ${instanceClass}`);
  const engine = parameters.required('Engine');
  if (engine !== ENGINE) {
    throw invalidCombination(`Engine ${engine} is not the engine of the DB cluster, ${ENGINE}.`);
  }
  return instanceClass;
}

/** AWS allows 15 readers beside the writer; the lab runs one server for a cluster. */
const full = (cluster: string): QueryFault =>
  rdsFault('InstanceQuotaExceededFault', `DB cluster ${cluster} has the one instance that the lab runs for it.`);
