import type { DBClusterSnapshot } from '@aws-sdk/client-rds';
import { done, refuse, wait } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import { KIND, TAG } from '../../runbooks/actions/restore/naming.ts';
import { verifyCopy as contract } from '../../runbooks/actions/snapshot/verify.ts';
import { implement } from '../attempt/implement.ts';
import type { Clients } from '../clients/clients.ts';
import { heard } from '../clients/heard.ts';
import { regionOfArn } from '../database/global-cluster.ts';
import { findSnapshot } from '../restore/look-up.ts';
import { tagsOf } from '../restore/tags.ts';

const PATIENCE_MS = 4_000;

export const verify = implement(contract, {
  async observe(clients, { region, snapshot, source }) {
    const [copy, sourceGigabytes] = await Promise.all([
      findSnapshot(clients, region, snapshot),
      allocatedAtSource(clients, source),
    ]);
    return { copy, sourceGigabytes };
  },
  decide({ region, snapshot, source, kmsKey, executionId }, { copy, sourceGigabytes }, _acted, context) {
    const declaredKey = source.encrypted ? (kmsKey ?? null) : null;
    const output = {
      snapshot,
      status: copy?.Status ?? 'available',
      kmsKey: copy ? (copy.KmsKeyId ?? null) : declaredKey,
      allocatedGigabytes: copy?.AllocatedStorage ?? sourceGigabytes ?? 0,
      dataTime: source.dataTime,
      verifiedAt: context.observedAt,
    };
    if (!copy && context.mode === 'dry_run') return wait('the copy will be there by then', output);
    const tags = tagsOf(copy ?? {});
    const differences = copy
      ? [
          differs('status', copy.Status, 'available'),
          differs('storage', storage(copy), source.encrypted ? 'encrypted' : 'not encrypted'),
          differs('key', copy.KmsKeyId, declaredKey),
          differs('source', copy.SourceDBClusterSnapshotArn, source.snapshotArn),
          differs(`tag ${TAG.execution}`, tags[TAG.execution], executionId),
          differs(`tag ${TAG.service}`, tags[TAG.service], context.service.name),
          differs(`tag ${TAG.kind}`, tags[TAG.kind], KIND.copy),
          differs(`tag ${TAG.dataTime}`, tags[TAG.dataTime], source.dataTime),
          ...(source.sizeBytes === null
            ? []
            : [differs(`tag ${TAG.sizeBytes}`, tags[TAG.sizeBytes], String(source.sizeBytes))]),
          ...(sourceGigabytes === null
            ? []
            : [differs('size in GB', String(copy.AllocatedStorage ?? 0), String(sourceGigabytes))]),
        ].filter((difference) => difference !== null)
      : [{ says: 'it is not there', expected: 'available', found: null }];
    if (differences.length === 0) return done(output);
    const message = `copy ${snapshot} in ${region} is not what was asked for: ${differences.map(({ says }) => says).join('; ')}`;
    return refuse(
      errorShape('DR_COPY_NOT_AS_ASKED', message, {
        field: snapshot,
        expected: differences.map(({ expected }) => expected),
        actual: differences.map(({ found }) => found),
      }),
    );
  },
});

/** Gigabytes that RDS shows for the source; `null` when it is gone by now, or its region does not answer. */
async function allocatedAtSource(
  clients: Clients,
  source: { readonly snapshot: string; readonly snapshotArn: string },
): Promise<number | null> {
  const region = regionOfArn(source.snapshotArn);
  if (region === null) return null;
  const answer = await heard('source snapshot', PATIENCE_MS, findSnapshot(clients, region, source.snapshot));
  return answer.answered ? (answer.value?.AllocatedStorage ?? null) : null;
}

const differs = (what: string, found: string | undefined, expected: string | null) =>
  (found ?? null) === expected
    ? null
    : { says: `${what} ${found ?? 'none'}, must be ${expected ?? 'none'}`, expected, found: found ?? null };

const storage = ({ StorageEncrypted }: DBClusterSnapshot): string => (StorageEncrypted ? 'encrypted' : 'not encrypted');
