import type { Region } from '../../topology.ts';
import { invalidCombination, invalidValue } from '../query/query-fault.ts';
import type { QueryParameters } from '../query/query-parameters.ts';
import type { XmlObject } from '../query/query-xml.ts';
import type { MemberClusters } from './clusters/member-clusters.ts';
import { pageOf } from './page.ts';
import { instanceArn, instanceId } from './rds-resources.ts';

const SOURCE_TYPES = [
  'db-instance',
  'db-parameter-group',
  'db-security-group',
  'db-snapshot',
  'db-cluster',
  'db-cluster-snapshot',
  'custom-engine-version',
  'db-proxy',
  'blue-green-deployment',
  'db-shard-group',
  'zero-etl',
] as const;
type SourceType = (typeof SOURCE_TYPES)[number];

interface RdsEvent {
  readonly sourceType: SourceType;
  readonly sourceIdentifier: string;
  readonly sourceArn: string;
  readonly message: string;
  readonly categories: readonly string[];
  readonly at: Date;
}

const MINUTE_MS = 60_000;
const DEFAULT_DURATION_MINUTES = 60;
const RETENTION_MINUTES = 14 * 24 * 60;

/** The events one region's control plane keeps. AWS keeps them per region too, so a lost region takes its own with it. */
export class RegionalEvents {
  readonly #region: Region;
  readonly #members: MemberClusters;
  readonly #events: RdsEvent[] = [];

  constructor(region: Region, members: MemberClusters) {
    this.#region = region;
    this.#members = members;
  }

  /** An event about the cluster that is this region's member. */
  ofCluster(message: string, category: string): void {
    const [id, arn] = [this.#members.id(this.#region), this.#members.arn(this.#region)];
    this.record('db-cluster', id, arn, message, [category]);
  }

  /** An event about that cluster's instance. */
  ofInstance(message: string, categories: readonly string[]): void {
    this.record('db-instance', instanceId(this.#region), instanceArn(this.#region), message, categories);
  }

  ofSnapshot(snapshot: { readonly id: string; readonly arn: string }, message: string, categories: readonly string[]) {
    this.record('db-cluster-snapshot', snapshot.id, snapshot.arn, message, categories);
  }

  record(type: SourceType, id: string, arn: string, message: string, categories: readonly string[]): void {
    const source = { sourceType: type, sourceIdentifier: id, sourceArn: arn };
    this.#events.push({ ...source, message, categories, at: new Date() });
  }

  /** `DescribeEvents`: by default the last hour, oldest first. */
  describe(parameters: QueryParameters): XmlObject {
    const wanted = readSelection(parameters, Date.now());
    const found = this.#events.filter((event) => wanted(event));
    const { items, marker } = pageOf(found, parameters);
    return { Marker: marker, Events: items.map(shown) };
  }
}

function readSelection(parameters: QueryParameters, now: number): (event: RdsEvent) => boolean {
  const identifier = parameters.text('SourceIdentifier');
  const type = parameters.text('SourceType');
  if (identifier !== undefined && type === undefined) {
    throw invalidCombination('SourceIdentifier needs a SourceType.');
  }
  if (type !== undefined && !SOURCE_TYPES.some((known) => known === type)) {
    throw invalidValue(`SourceType must be one of ${SOURCE_TYPES.join(', ')}, not ${type}.`);
  }
  const [from, until] = readPeriod(parameters, now);
  const categories = parameters.texts('EventCategories');
  return (event) =>
    (identifier === undefined || event.sourceIdentifier === identifier) &&
    (type === undefined || event.sourceType === type) &&
    (categories.length === 0 || event.categories.some((category) => categories.includes(category))) &&
    event.at.getTime() >= from &&
    event.at.getTime() <= until;
}

function readPeriod(parameters: QueryParameters, now: number): readonly [number, number] {
  const start = parameters.instant('StartTime')?.getTime();
  const end = parameters.instant('EndTime')?.getTime();
  const minutes = parameters.integer('Duration');
  if (minutes !== undefined && (minutes < 1 || minutes > RETENTION_MINUTES)) {
    throw invalidValue(`Duration must be 1 to ${RETENTION_MINUTES} minutes, not ${minutes}.`);
  }
  const duration = (minutes ?? DEFAULT_DURATION_MINUTES) * MINUTE_MS;
  if (start === undefined) return [(end ?? now) - duration, end ?? now];
  const until = end ?? (minutes === undefined ? now : start + duration);
  if (until < start) throw invalidCombination('StartTime must not be after EndTime.');
  return [start, until];
}

const shown = (event: RdsEvent): XmlObject => ({
  SourceIdentifier: event.sourceIdentifier,
  SourceType: event.sourceType,
  Message: event.message,
  EventCategories: event.categories,
  Date: event.at,
  SourceArn: event.sourceArn,
});
