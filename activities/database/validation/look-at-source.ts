import type { Service, ServiceValidation } from '../../../domain/service.ts';
import type { Bookmark } from '../../../runbooks/actions/database/bookmark-schema.ts';
import type { Clients } from '../../clients/clients.ts';
import { answerOf, askInGroups, numberIn, textIn } from './ask-in-groups.ts';
import { declaredCanaryTime, findCanaryTime, newestCanaries, readCanaries, readCanaryTime } from './canaries.ts';
import { fingerprintOfAll, fingerprints, readFingerprints } from './schema-fingerprint.ts';
import { furthestInUse, listSequences, readSequences, sequenceName, tableOf } from './sequences.ts';
import { qualifyEverything, sourceSession } from './session.ts';
import { atOf, readSourceBuckets, sourceBuckets } from './settled-rows.ts';
import { databaseSize } from './whole-database.ts';

/**
 * Reads a bookmark: first what there is to note, then all of it in one snapshot. A row that was changed between the snapshot and
 * the instant read in it (well under a millisecond) would be told as altered; rows written then are not settled, so not compared.
 */
export async function lookAtSource(
  clients: Clients,
  at: { readonly region: string; readonly cluster: string },
  asked: { readonly service: Service; readonly validation: ServiceValidation; readonly asOf: string | null },
): Promise<Bookmark> {
  const { service, validation, asOf } = asked;
  const { tables, deadlineSeconds } = validation;
  const endsAt = performance.now() + deadlineSeconds * 1_000;
  const there = await askInGroups(
    clients,
    at,
    { sequences: [listSequences], canaryTime: [findCanaryTime(service)] },
    deadlineSeconds * 1_000,
  );
  const sequences = readSequences(there.sequences[0] ?? []);
  const canaryTime = declaredCanaryTime(service) ?? readCanaryTime(there.canaryTime[0] ?? []);
  // A canary written shortly before an instant may have been committed after it.
  const settled = asOf === null ? null : Math.max(...tables.map(({ settledAfterSeconds }) => settledAfterSeconds));
  const answers = await askInGroups(
    clients,
    at,
    {
      session: [sourceSession(asOf)],
      at: [atOf],
      tables: tables.map((table) => sourceBuckets(table, tables.length)),
      sequences: sequences.map(furthestInUse),
      canaries: canaryTime === null ? [] : [newestCanaries(service, canaryTime, settled)],
      size: [databaseSize],
      qualify: [qualifyEverything],
      schema: [fingerprints],
    },
    Math.max(1, endsAt - performance.now()),
  );
  const canaries = answerOf(answers.canaries[0], readCanaries);
  const schemaParts = readFingerprints(answers.schema[0] ?? []);
  return {
    ...at,
    at: String(textIn(answers.at[0] ?? [], 'at')),
    taken: asOf === null ? 'exact' : 'later',
    tables: tables.map(({ table }, index) => ({ table, ...readSourceBuckets(answers.tables[index] ?? []) })),
    sequences: sequences.map((sequence, index) => ({
      sequence: sequenceName(sequence),
      table: tableOf(sequence),
      column: sequence.column,
      highestInUse: textIn(answers.sequences[index] ?? [], 'furthest'),
    })),
    schemaFingerprint: fingerprintOfAll(schemaParts),
    schemaParts,
    newestCanaries: 'value' in canaries ? [...canaries.value] : [],
    sizeBytes: numberIn(answers.size[0] ?? [], 'bytes') ?? 0,
  };
}
