import type { Region } from '../../topology.ts';
import { invalidValue, missingParameter, type QueryFault } from '../query/query-fault.ts';
import type { QueryParameters } from '../query/query-parameters.ts';
import type { XmlObject } from '../query/query-xml.ts';
import { globalClusterNotFound } from './move-request.ts';
import { rdsFault } from './rds-faults.ts';
import { checkCount, readTags, type Tags } from './tags.ts';

/** Tags of every resource, by ARN. A regional resource's are reached in its own region, the global cluster's in any. */
export class ResourceTags {
  readonly #tags: Map<string, Map<string, string>>;

  /** @param arns the resources that are there from the beginning. */
  constructor(arns: readonly string[]) {
    this.#tags = new Map(arns.map((arn) => [arn, new Map()]));
  }

  create(arn: string, tags: Tags): void {
    this.#tags.set(arn, new Map(tags));
  }

  /** A resource got another name, and its ARN with it. */
  rename(arn: string, newArn: string): void {
    this.#tags.set(newArn, this.#tags.get(arn) ?? new Map());
    this.#tags.delete(arn);
  }

  forget(arn: string): void {
    this.#tags.delete(arn);
  }

  pairs(arn: string): Tags {
    return [...(this.#tags.get(arn) ?? [])];
  }

  of(arn: string): readonly XmlObject[] {
    return this.pairs(arn).map(([Key, Value]) => ({ Key, Value }));
  }

  list(region: Region, parameters: QueryParameters): XmlObject {
    const arn = parameters.required('ResourceName');
    this.#reach(region, arn);
    return { TagList: this.of(arn) };
  }

  add(region: Region, parameters: QueryParameters): XmlObject {
    const tags = this.#reach(region, parameters.required('ResourceName'));
    const given = readTags(parameters);
    if (given.length === 0) throw missingParameter('Tags');
    checkCount([...tags.keys(), ...given.map(([key]) => key)]);
    for (const [key, value] of given) tags.set(key, value);
    return {};
  }

  remove(region: Region, parameters: QueryParameters): XmlObject {
    const tags = this.#reach(region, parameters.required('ResourceName'));
    const keys = parameters.texts('TagKeys');
    if (keys.length === 0) throw missingParameter('TagKeys');
    for (const key of keys) tags.delete(key);
    return {};
  }

  #reach(region: Region, arn: string): Map<string, string> {
    const [prefix, , service, arnRegion, , kind] = arn.split(':');
    if (prefix !== 'arn' || service !== 'rds') throw invalidValue(`ResourceName must be an RDS ARN, not ${arn}.`);
    const tags = arnRegion === '' || arnRegion === region ? this.#tags.get(arn) : undefined;
    if (!tags) throw notFound(kind, arn);
    return tags;
  }
}

function notFound(kind: string | undefined, arn: string): QueryFault {
  switch (kind) {
    case 'db':
      return rdsFault('DBInstanceNotFoundFault', `DBInstance ${arn} not found.`);
    case 'cluster':
      return rdsFault('DBClusterNotFoundFault', `DBCluster ${arn} not found.`);
    case 'cluster-snapshot':
      return rdsFault('DBClusterSnapshotNotFoundFault', `DBClusterSnapshot ${arn} not found.`);
    case 'global-cluster':
      return globalClusterNotFound(arn);
    default:
      return invalidValue(`No resource of kind ${kind ?? 'unknown'} is here: ${arn}.`);
  }
}
