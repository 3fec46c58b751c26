import { clusterArn, REGIONS, type Region } from '../../topology.ts';
import { invalidValue, missingParameter } from '../query/query-fault.ts';
import type { QueryParameters } from '../query/query-parameters.ts';
import type { XmlObject } from '../query/query-xml.ts';
import { globalClusterNotFound } from './move-request.ts';
import { rdsFault } from './rds-faults.ts';
import { GLOBAL_CLUSTER_ARN, instanceArn } from './rds-resources.ts';

const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;

/** Tags of every resource, by ARN. A cluster's or instance's are reached in its own region, the global cluster's in any. */
export class ResourceTags {
  readonly #tags = new Map<string, Map<string, string>>(
    [GLOBAL_CLUSTER_ARN, ...REGIONS.flatMap((region) => [clusterArn(region), instanceArn(region)])].map((arn) => [
      arn,
      new Map(),
    ]),
  );

  of(arn: string): readonly XmlObject[] {
    return [...(this.#tags.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value }));
  }

  list(region: Region, parameters: QueryParameters): XmlObject {
    const arn = parameters.required('ResourceName');
    this.#reach(region, arn);
    return { TagList: this.of(arn) };
  }

  add(region: Region, parameters: QueryParameters): XmlObject {
    const tags = this.#reach(region, parameters.required('ResourceName'));
    const given = parameters.list('Tags').map((tag) => [tag.required('Key'), tag.text('Value') ?? ''] as const);
    if (given.length === 0) throw missingParameter('Tags');
    for (const [key, value] of given) checkTag(key, value);
    if (new Set([...tags.keys(), ...given.map(([key]) => key)]).size > MOST_TAGS) {
      throw invalidValue(`A resource can have ${MOST_TAGS} tags at most.`);
    }
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
    if (tags) return tags;
    if (kind === 'db') throw rdsFault('DBInstanceNotFoundFault', `DBInstance ${arn} not found.`);
    if (kind === 'cluster') throw rdsFault('DBClusterNotFoundFault', `DBCluster ${arn} not found.`);
    if (kind === 'global-cluster') throw globalClusterNotFound(arn);
    throw invalidValue(`No resource of kind ${kind ?? 'unknown'} is here: ${arn}.`);
  }
}

function checkTag(key: string, value: string): void {
  if (key.length > LONGEST_KEY) throw invalidValue(`Tag key ${key} is longer than ${LONGEST_KEY} characters.`);
  if (value.length > LONGEST_VALUE)
    throw invalidValue(`Value of tag ${key} is longer than ${LONGEST_VALUE} characters.`);
  if (key.toLowerCase().startsWith('aws:')) throw invalidValue(`Tag key ${key} starts with aws:, which is reserved.`);
}
