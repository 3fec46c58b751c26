/**
 * Judges by the twin's log whether an execution cleaned up and kept its hands off everything else. Written apart on
 * purpose: it imports nothing of the product or the lab, so a mistake made there is not made here again.
 */
import { readFileSync } from 'node:fs';

interface Call {
  readonly at: string;
  readonly region: string;
  readonly service: string;
  readonly operation: string;
  readonly mutating: boolean;
  readonly status: number;
  readonly error: string | null;
  readonly target: string | null;
}

/** What an observer saw at RDS while everything ran. */
interface Seen {
  readonly region: string;
  readonly cluster: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Judged {
  /** Mutating calls on something that does not carry the id of one of the executions. */
  readonly strange: readonly string[];
  /** `CreateDBInstance id-db-1`, once per name: several tries of one name count as one. */
  readonly made: readonly string[];
  /** Made, and never taken away. Copies and snapshots are what their execution is for, so they are not counted. */
  readonly notRemoved: readonly string[];
  /** Seen at RDS, new since the beginning, without our id in its name or without the tag that says so. */
  readonly unmarked: readonly string[];
}

const TAG = 'lifeboat:execution';

/** Whole lines: whoever looks at RDS all the time may be writing the next one. */
const lines = (path: string): Call[] =>
  readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Call);

/** The last part of an ARN, or the identifier as it is. */
const nameOf = (target: string | null): string => (target ?? '').split(':').at(-1) ?? '';

const MAKES_CLUSTER = /^RestoreDBCluster(ToPointInTime|FromSnapshot)$/;
/** Answered without an error, or done although the answer was lost. */
const tookEffect = ({ status, error }: Call): boolean => status < 300 || /lost/i.test(error ?? '');

/**
 * @param about.from only calls from this instant on, Unix milliseconds.
 * @param about.before what was seen at RDS before the executions.
 */
export function judge(about: {
  readonly callLog: string;
  readonly from: number;
  readonly executions: readonly string[];
  readonly before: readonly Seen[];
  readonly seen: readonly Seen[];
}): Judged {
  const { executions } = about;
  const owner = (name: string) => executions.find((id) => name === id || name.startsWith(`${id}-`));
  const calls = lines(about.callLog).filter((call) => Date.parse(call.at) >= about.from);
  const changes = calls.filter((call) => call.mutating);
  const words = (call: Call) => `${call.service}:${call.operation} ${call.region} ${nameOf(call.target)}`;
  const effective = changes.filter((call) => owner(nameOf(call.target)) !== undefined && tookEffect(call));
  const clusters = unique(effective.filter(({ operation }) => MAKES_CLUSTER.test(operation)));
  const instances = unique(effective.filter(({ operation }) => operation === 'CreateDBInstance'));
  const gone = (operation: string) => (made: Call) =>
    effective.some((call) => call.operation === operation && call.at >= made.at && sameOwner(call, made, owner));
  return {
    strange: changes.filter((call) => owner(nameOf(call.target)) === undefined).map(words),
    made: [...clusters, ...instances].map((call) => `${call.operation} ${nameOf(call.target)}`),
    notRemoved: [
      ...clusters.filter((call) => !gone('DeleteDBCluster')(call)),
      ...instances.filter((call) => !gone('DeleteDBInstance')(call)),
    ].map(words),
    unmarked: about.seen
      .filter(({ cluster }) => !about.before.some((known) => known.cluster === cluster))
      .filter(({ cluster, tags }) => owner(cluster) === undefined || tags[TAG] !== owner(cluster))
      .map(({ region, cluster, tags }) => `${region}/${cluster} ${JSON.stringify(tags)}`),
  };
}

function unique(calls: readonly Call[]): readonly Call[] {
  return calls.filter((call, at) => calls.findIndex((other) => words(other) === words(call)) === at);
  function words({ operation, target }: Call): string {
    return `${operation} ${nameOf(target)}`;
  }
}

function sameOwner(one: Call, other: Call, owner: (name: string) => string | undefined): boolean {
  return owner(nameOf(one.target)) === owner(nameOf(other.target));
}
