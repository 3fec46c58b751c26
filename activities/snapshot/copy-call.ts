import type { Call } from '../../domain/action.ts';
import { copyOf, KIND, TAG } from '../../runbooks/actions/restore/naming.ts';
import { createdTags, tagText } from '../restore/tags.ts';

export interface CopyWanted {
  readonly region: string;
  readonly source: {
    readonly snapshot: string;
    readonly snapshotArn: string;
    readonly dataTime: string;
    readonly encrypted: boolean;
    readonly sizeBytes: number | null;
  };
  readonly kmsKey?: string;
  readonly executionId: string;
  readonly service: string;
  readonly observedAt: string;
}

/**
 * The call that asks the destination for a copy. It says on the copy what AWS would not: when its data was current. No key goes with a
 * source that is not encrypted: Aurora refuses that.
 */
export function copyCall(wanted: CopyWanted, attempt: number, ordinal: number, firstFailure: string | null): Call {
  const { region, source, kmsKey, executionId, service, observedAt } = wanted;
  const name = copyOf(executionId, attempt);
  return {
    service: 'rds',
    operation: 'CopyDBClusterSnapshot',
    region,
    target: `${source.snapshot} → ${name}`,
    input: {
      SourceDBClusterSnapshotIdentifier: source.snapshotArn,
      TargetDBClusterSnapshotIdentifier: name,
      ...(source.encrypted && kmsKey !== undefined && { KmsKeyId: kmsKey }),
      Tags: createdTags(
        { executionId, service, kind: KIND.copy, requestedAt: observedAt },
        {
          [TAG.dataTime]: source.dataTime,
          ...(source.sizeBytes !== null && { [TAG.sizeBytes]: String(source.sizeBytes) }),
          [TAG.ordinal]: String(ordinal),
          ...(firstFailure !== null && { [TAG.firstFailure]: tagText(firstFailure) }),
        },
      ),
    },
  };
}
