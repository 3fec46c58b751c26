import type { DBClusterSnapshot } from '@aws-sdk/client-rds';
import { KIND, TAG } from '../../runbooks/actions/restore/naming.ts';
import type { Clients } from '../clients/clients.ts';
import { everySnapshot } from '../restore/look-up.ts';
import { instantOf, tagsOf } from '../restore/tags.ts';

/** A manual snapshot in the region of the copies, whoever made it. */
export interface SeenCopy {
  readonly id: string;
  readonly arn: string;
  readonly status: string;
  /** Execution that copied it, where name and tags both say that Lifeboat did, for this service. */
  readonly execution: string | null;
  /** When its data was current, as its copier wrote down; AWS dates a copy by when it was made. */
  readonly dataTime: string | null;
  readonly validatedAt: string | null;
  /** Somebody began to look into it, and it was not found whole since. */
  readonly inDoubt: boolean;
  readonly held: boolean;
  readonly encrypted: boolean;
  readonly sizeBytes: number | null;
  /** Its number among the copies ever made; `null` where nothing says. */
  readonly ordinal: number | null;
}

/** One of ours that could be restored today. */
export type UsableCopy = SeenCopy & { readonly dataTime: string };

export async function seeCopies(
  clients: Clients,
  at: {
    readonly region: string;
    /** Cluster they are copies of; absent: whichever. */
    readonly cluster?: string;
    readonly service: string;
  },
): Promise<readonly SeenCopy[]> {
  // By cluster RDS filters only where such a cluster exists; in the region of the copies none need stand.
  const snapshots = await everySnapshot(clients, at.region, { SnapshotType: 'manual' });
  return snapshots
    .filter(({ DBClusterIdentifier }) => at.cluster === undefined || DBClusterIdentifier === at.cluster)
    .map((snapshot) => seenCopy(snapshot, at.service));
}

function seenCopy(snapshot: DBClusterSnapshot, service: string): SeenCopy {
  const tags = tagsOf(snapshot);
  const id = snapshot.DBClusterSnapshotIdentifier ?? '';
  const execution = tags[TAG.execution];
  const ours =
    execution !== undefined &&
    id.startsWith(`${execution}-`) &&
    tags[TAG.kind] === KIND.copy &&
    tags[TAG.service] === service;
  return {
    id,
    arn: snapshot.DBClusterSnapshotArn ?? '',
    status: snapshot.Status ?? 'unknown',
    execution: ours ? execution : null,
    dataTime: instantOf(tags, TAG.dataTime),
    validatedAt: instantOf(tags, TAG.validatedAt),
    inDoubt: isInDoubt(instantOf(tags, TAG.validationBegunAt), instantOf(tags, TAG.validatedAt)),
    held: tags[TAG.hold] !== undefined,
    encrypted: snapshot.StorageEncrypted ?? false,
    sizeBytes: countOf(tags[TAG.sizeBytes]),
    ordinal: countOf(tags[TAG.ordinal]),
  };
}

const isInDoubt = (begunAt: string | null, validatedAt: string | null): boolean =>
  begunAt !== null && (validatedAt === null || validatedAt < begunAt);

/** Ours, available, not in doubt, and with a data time that can be read: newest data first. */
export const usableCopies = (copies: readonly SeenCopy[]): readonly UsableCopy[] =>
  copies
    .filter(
      (copy): copy is UsableCopy =>
        copy.execution !== null && copy.status === 'available' && !copy.inDoubt && copy.dataTime !== null,
    )
    .sort((left, right) =>
      left.dataTime === right.dataTime ? compare(right.id, left.id) : compare(right.dataTime, left.dataTime),
    );

/** How many copies were ever made, pruned ones included: the highest number that one of ours bears. */
export const highestOrdinal = (copies: readonly SeenCopy[]): number =>
  copies.reduce(
    (highest, { execution, ordinal }) => (execution === null ? highest : Math.max(highest, ordinal ?? 0)),
    0,
  );

const compare = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const countOf = (text: string | undefined): number | null => (text && /^\d{1,15}$/.test(text) ? Number(text) : null);
