import type { DBClusterSnapshot } from '@aws-sdk/client-rds';
import { type Decision, done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { KIND, TAG } from '../../runbooks/actions/restore/naming.ts';
import { chooseSnapshot as contract } from '../../runbooks/actions/snapshot/choose.ts';
import { implement } from '../attempt/implement.ts';
import { everySnapshot } from '../restore/look-up.ts';
import { tagsOf } from '../restore/tags.ts';
import { type SeenCopy, seeCopies, usableCopies } from './copies.ts';
import { allocatedBytes, databaseSize } from './database-size.ts';

type SeenSnapshots =
  | { readonly kind: 'snapshot'; readonly snapshots: readonly DBClusterSnapshot[]; readonly sizeBytes: number | null }
  | { readonly kind: 'copy'; readonly copies: readonly SeenCopy[] };

export const choose = implement(contract, {
  async observe(clients, { region, cluster, kind }, { service }): Promise<SeenSnapshots> {
    if (kind === 'copy') return { kind, copies: await seeCopies(clients, { region, cluster, service: service.name }) };
    const [snapshots, sizeBytes] = await Promise.all([
      everySnapshot(clients, region, { DBClusterIdentifier: cluster }),
      databaseSize(clients, service, { region, cluster }),
    ]);
    return { kind, snapshots, sizeBytes };
  },
  decide(input, seen) {
    return seen.kind === 'copy'
      ? newestCopy(input, seen.copies)
      : newestSnapshot(input, seen.snapshots, seen.sizeBytes);
  },
});

interface Chosen {
  readonly snapshot: string;
  readonly snapshotArn: string;
  readonly dataTime: string;
  readonly encrypted: boolean;
  readonly sizeBytes: number | null;
  readonly snapshotSeconds: number | null;
  readonly passedOver: readonly string[];
}

interface Wanted {
  readonly region: string;
  readonly cluster: string;
  readonly validatedOnly: boolean;
}

function newestCopy(wanted: Wanted, copies: readonly SeenCopy[]): Decision<Chosen> {
  const usable = usableCopies(copies);
  const newest = usable.find(({ validatedAt }) => !wanted.validatedOnly || validatedAt !== null);
  const inDoubt = copies.filter((copy) => copy.execution !== null && copy.inDoubt);
  if (!newest) {
    const what = `${wanted.validatedOnly ? 'validated ' : ''}copy`;
    return nothing(wanted, what, copies.length, inDoubt.length === 0 ? undefined : doubtRemedy(inDoubt));
  }
  return done({
    snapshot: newest.id,
    snapshotArn: newest.arn,
    dataTime: newest.dataTime,
    encrypted: newest.encrypted,
    sizeBytes: newest.sizeBytes,
    snapshotSeconds: null,
    passedOver: inDoubt.filter(({ dataTime }) => (dataTime ?? '') > newest.dataTime).map(({ id }) => id),
  });
}

const doubtRemedy = (inDoubt: readonly SeenCopy[]): string =>
  `${inDoubt.map(({ id }) => id).join(', ')}: looked into and not found whole. If there is nothing better, take the tag ${TAG.validationBegunAt} off one and start again.`;

function newestSnapshot(
  wanted: Wanted,
  snapshots: readonly DBClusterSnapshot[],
  sizeBytes: number | null,
): Decision<Chosen> {
  const [newest] = snapshots
    .filter((snapshot) => snapshot.Status === 'available' && snapshot.DBClusterIdentifier === wanted.cluster)
    // A copy that came from elsewhere is as old as its data, whatever its date says.
    .filter((snapshot) => tagsOf(snapshot)[TAG.kind] !== KIND.copy && !snapshot.SourceDBClusterSnapshotArn)
    .filter((snapshot) => !wanted.validatedOnly || tagsOf(snapshot)[TAG.validatedAt] !== undefined)
    .sort((left, right) => (right.SnapshotCreateTime?.getTime() ?? 0) - (left.SnapshotCreateTime?.getTime() ?? 0));
  if (!newest?.SnapshotCreateTime) return nothing(wanted, 'snapshot', snapshots.length);
  return done({
    snapshot: newest.DBClusterSnapshotIdentifier ?? '',
    snapshotArn: newest.DBClusterSnapshotArn ?? '',
    dataTime: newest.SnapshotCreateTime.toISOString(),
    encrypted: newest.StorageEncrypted ?? false,
    sizeBytes: sizeBytes ?? allocatedBytes(newest),
    snapshotSeconds: null,
    passedOver: [],
  });
}

const nothing = ({ region, cluster }: Wanted, what: string, looked: number, remedy?: string) =>
  refuse(
    errorShape('DR_SNAPSHOT_MISSING', `${region} has no available ${what} of ${cluster}, among ${looked} looked at`, {
      field: cluster,
      expected: `an available ${what}`,
      actual: looked,
      ...(remedy !== undefined && { remedy }),
    }),
  );
