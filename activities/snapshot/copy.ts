import type { DBClusterSnapshot } from '@aws-sdk/client-rds';
import { type Acted, call, type Decision, done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { copyOf, TAG } from '../../runbooks/actions/restore/naming.ts';
import { copySnapshot as contract } from '../../runbooks/actions/snapshot/copy.ts';
import { implement } from '../attempt/implement.ts';
import { findSnapshot } from '../restore/look-up.ts';
import { nameTaken } from '../restore/name-taken.ts';
import { isBroken } from '../restore/status.ts';
import { instantOf, isOf, tagsOf } from '../restore/tags.ts';
import { highestOrdinal, type SeenCopy, seeCopies } from './copies.ts';
import { type CopyWanted, copyCall } from './copy-call.ts';
import { deleteSnapshot } from './delete-snapshot.ts';
import { snapshotEvent } from './snapshot-event.ts';
import { keyRefusal, type SeenKey, seeKey } from './usable-key.ts';

/** A copy that has not moved by then stands in a queue. */
const QUEUED_AFTER_SECONDS = 30;

interface SeenTry {
  readonly copy: DBClusterSnapshot | null;
  /** What RDS wrote about it, where it failed. */
  readonly event: string | null;
}

interface Seen {
  readonly tries: readonly [SeenTry, SeenTry];
  /** Read only while a copy is still to be asked for. */
  readonly key: SeenKey;
  /** The service's copies that stand there: what the next one's number follows from. */
  readonly copies: readonly SeenCopy[];
}

export const copy = implement(contract, {
  async observe(clients, { region, source, kmsKey, executionId }, { service }): Promise<Seen> {
    const look = async (attempt: number): Promise<SeenTry> => {
      const found = await findSnapshot(clients, region, copyOf(executionId, attempt));
      const failed = found !== null && isBroken(found.Status);
      return { copy: found, event: failed ? await snapshotEvent(clients, region, copyOf(executionId, attempt)) : null };
    };
    const [first, second] = await Promise.all([look(1), look(2)]);
    const toAsk = !second.copy && (!first.copy || isBroken(first.copy.Status));
    const [key, copies] = await Promise.all([
      toAsk && source.encrypted && kmsKey !== undefined ? seeKey(clients, region, kmsKey) : null,
      toAsk ? seeCopies(clients, { region, service: service.name }) : [],
    ]);
    return { tries: [first, second], key, copies };
  },
  decide(input, seen, acted, { service, observedAt }) {
    const [first, second] = seen.tries;
    const wanted = { ...input, service: service.name, observedAt };
    for (const [index, { copy }] of seen.tries.entries()) {
      if (copy && !isOf(tagsOf(copy), input.executionId)) {
        return refuse(nameTaken(`snapshot ${copyOf(input.executionId, index + 1)}`, input.executionId, tagsOf(copy)));
      }
    }
    const made = (attempt: number) => asked(acted, 'CopyDBClusterSnapshot', copyOf(input.executionId, attempt));
    if (second.copy) return followSecond(wanted, first, { ...second, copy: second.copy }, acted);
    if (made(2)) return wait(`copy ${copyOf(input.executionId, 2)} was asked for and is not to be seen yet`);
    if (first.copy && !isBroken(first.copy.Status)) return follow(wanted, first.copy, 1, null);
    if (!first.copy && made(1))
      return wait(`copy ${copyOf(input.executionId, 1)} was asked for and is not to be seen yet`);
    return ask(wanted, seen, first.copy ? failureOf({ ...first, copy: first.copy }) : null);
  },
});

interface Copied {
  readonly snapshot: string;
  readonly snapshotArn: string;
  readonly attempts: number;
  readonly copyRequestedAt: string;
  readonly copiedAt: string;
  readonly copySeconds: number;
  readonly firstFailure: string | null;
}

/** Asks for the first copy, or for a second one after the first came to nothing. */
function ask(wanted: CopyWanted, { key, copies }: Seen, firstFailure: string | null): Decision<Copied> {
  const { region, source, kmsKey, executionId, observedAt } = wanted;
  if (source.encrypted) {
    if (kmsKey === undefined) {
      return refuse(
        errorShape(
          'DR_KEY_UNUSABLE',
          `${source.snapshot} is encrypted, and no key is declared for its copies in ${region}`,
          {
            field: 'kmsKey',
            expected: `a key of ${region}`,
            actual: null,
          },
        ),
      );
    }
    const refusal = keyRefusal(region, kmsKey, key);
    if (refusal) return refuse(refusal);
  }
  const attempt = firstFailure === null ? 1 : 2;
  const why = firstFailure === null ? `${source.snapshot} is not copied yet` : `the first copy failed: ${firstFailure}`;
  const name = copyOf(executionId, attempt);
  // A second try is the same copy, whatever number the first one bore.
  const ordinal = highestOrdinal(copies.filter(({ execution }) => execution !== executionId)) + 1;
  return call([copyCall(wanted, attempt, ordinal, firstFailure)], why, {
    snapshot: name,
    snapshotArn: source.snapshotArn.replace(
      /^(arn:[^:]*:[^:]*):[^:]*:([^:]*):.*$/,
      `$1:${region}:$2:cluster-snapshot:${name}`,
    ),
    attempts: attempt,
    copyRequestedAt: observedAt,
    copiedAt: observedAt,
    copySeconds: 0,
    firstFailure,
  });
}

/** What a copy under way has come to. */
function follow(
  wanted: CopyWanted,
  copy: DBClusterSnapshot,
  attempt: number,
  firstFailure: string | null,
): Decision<Copied> {
  const { executionId, observedAt } = wanted;
  const name = copyOf(executionId, attempt);
  const requestedAt = instantOf(tagsOf(copy), TAG.requestedAt) ?? copy.SnapshotCreateTime?.toISOString() ?? observedAt;
  const seconds = Math.max(0, (Date.parse(observedAt) - Date.parse(requestedAt)) / 1_000);
  const output = {
    snapshot: name,
    snapshotArn: copy.DBClusterSnapshotArn ?? '',
    attempts: attempt,
    copyRequestedAt: requestedAt,
    copiedAt: observedAt,
    copySeconds: seconds,
    firstFailure,
  };
  if (copy.Status === 'available') return done(output);
  const percent = copy.PercentProgress ?? 0;
  const progress =
    percent > 0
      ? `${percent} %`
      : seconds < QUEUED_AFTER_SECONDS
        ? '0 %: just begun, or queued'
        : `still 0 % after ${Math.round(seconds)} s: queued, a region takes 5 copies at a time`;
  return wait(`copy ${name} is ${copy.Status ?? 'in no state'}, ${progress}`, output);
}

/** The second try: its failure is the end; its success lets the first, which is ours and good for nothing, go. */
function followSecond(
  wanted: CopyWanted,
  first: SeenTry,
  second: SeenTry & { readonly copy: DBClusterSnapshot },
  acted: Acted | null,
): Decision<Copied> {
  const { region, executionId } = wanted;
  const firstFailure = first.copy
    ? failureOf({ ...first, copy: first.copy })
    : (tagsOf(second.copy)[TAG.firstFailure] ?? 'its first try is not there any more');
  if (isBroken(second.copy.Status)) {
    const why = failureOf(second);
    return refuse(
      errorShape(
        'DR_COPY_FAILED',
        `${wanted.source.snapshot} could not be copied to ${region}: first ${firstFailure}; then ${why}`,
        {
          field: wanted.source.snapshot,
          expected: 'available',
          actual: [firstFailure, why],
        },
      ),
    );
  }
  const followed = follow(wanted, second.copy, 2, firstFailure);
  if (followed.kind !== 'done' || !first.copy) return followed;
  const failed = copyOf(executionId, 1);
  if (first.copy.Status === 'deleting' || asked(acted, 'DeleteDBClusterSnapshot', failed)) {
    return wait(`the failed first copy ${failed} is being deleted`, followed.output);
  }
  return call(
    [deleteSnapshot(region, failed)],
    'the second copy is there: the failed first one is of no use',
    followed.output,
  );
}

/** Whether this attempt had the call taken: what it asked for may not be visible yet. */
const asked = (acted: Acted | null, operation: string, snapshot: string): boolean =>
  acted?.calls.some((made) => made.operation === operation && made.target.endsWith(snapshot)) ?? false;

const failureOf = ({ copy, event }: SeenTry & { readonly copy: DBClusterSnapshot }): string =>
  event ?? `status '${copy.Status ?? 'unknown'}'`;
