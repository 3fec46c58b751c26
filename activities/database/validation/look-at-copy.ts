import type { Invariant, Service, ServiceValidation, ValidatedTable } from '../../../domain/service.ts';
import type { Bookmark } from '../../../runbooks/actions/database/bookmark-schema.ts';
import type { Clients } from '../../clients/clients.ts';
import { type Answer, answerOf, askInGroups, numberIn, textIn } from './ask-in-groups.ts';
import {
  type Canary,
  declaredCanaryTime,
  findCanaries,
  findCanaryTime,
  newestCanaries,
  readCanaries,
  readCanaryTime,
} from './canaries.ts';
import { countOrphans, type ForeignKey, listForeignKeys, promisesNothing, readForeignKeys } from './foreign-keys.ts';
import {
  canBeChecked,
  checkIndex,
  checkSystemIndexes,
  findAmcheck,
  type Index,
  listIndexes,
  readIndexes,
} from './indexes.ts';
import { fingerprints, readFingerprints } from './schema-fingerprint.ts';
import {
  listSequences,
  type OwnedSequence,
  readSequenceState,
  readSequences,
  type SequenceState,
  sequenceState,
} from './sequences.ts';
import { copySession, qualifyEverything } from './session.ts';
import { type CountedCopy, copyBuckets, countAll, countDoubleKeys, readCopyBuckets } from './settled-rows.ts';
import { countViolations, databaseSize, pageFailures } from './whole-database.ts';

/** What a restored database holds, as far as it could be read. */
export interface SeenCopy {
  readonly tables: readonly {
    readonly table: string;
    readonly counted: Answer<CountedCopy>;
    readonly doubleKeys: Answer<number>;
  }[];
  /** `orphans` is `null` where the key promises nothing. */
  readonly foreignKeys: readonly { readonly key: ForeignKey; readonly orphans: Answer<number> | null }[];
  readonly sequences: readonly { readonly sequence: OwnedSequence; readonly state: Answer<SequenceState> }[];
  /** `whole` is `null` where nothing could look. */
  readonly indexes: readonly { readonly index: Index; readonly whole: Answer<true> | null }[];
  readonly amcheck: boolean;
  readonly systemIndexes: Answer<number> | null;
  /** Newest canary per vantage; `null` when nothing tells when canaries were written. */
  readonly newestCanaries: Answer<readonly Canary[]> | null;
  /** Those of the bookmark that are there. */
  readonly canariesFound: Answer<readonly Pick<Canary, 'vantage' | 'number'>[]>;
  readonly invariants: readonly { readonly invariant: Invariant; readonly violations: Answer<number> }[];
  readonly fingerprints: Readonly<Record<string, string>>;
  /** `null` where pages carry no checksums, or nobody may tell. */
  readonly pageFailures: number | null;
  readonly sizeBytes: number;
  /** When everything had been read, ISO 8601. */
  readonly finishedAt: string;
}

/**
 * Reads everything a validation is judged on, in two read-only transactions: what there is to check, then the checks. What the
 * database has against one of them (a corrupt index, a missing table) is that check's answer, and the others are still made.
 */
export async function lookAtCopy(
  clients: Clients,
  at: { readonly region: string; readonly cluster: string },
  asked: { readonly service: Service; readonly validation: ServiceValidation; readonly bookmark: Bookmark | null },
): Promise<SeenCopy> {
  const { service, validation, bookmark } = asked;
  const endsAt = performance.now() + validation.deadlineSeconds * 1_000;
  const there = await lookFor(clients, at, service, validation.deadlineSeconds * 1_000);
  const { amcheckSchema, canaryTime } = there;
  const checked = amcheckSchema === null ? [] : there.indexes.filter(canBeChecked);
  const joined = there.foreignKeys.filter((key) => promisesNothing(key) === null);
  const expected = bookmark?.newestCanaries ?? [];
  const answers = await askInGroups(
    clients,
    at,
    {
      session: [copySession],
      tables: validation.tables.map((table) => countOf(table, bookmark)),
      doubleKeys: validation.tables.map(countDoubleKeys),
      foreignKeys: joined.map(countOrphans),
      sequences: there.sequences.map(sequenceState),
      invariants: validation.invariants.map(countViolations),
      newestCanaries: canaryTime === null ? [] : [newestCanaries(service, canaryTime, null)],
      canariesFound: [findCanaries(service, expected)],
      indexes: amcheckSchema === null ? [] : checked.map((index) => checkIndex(amcheckSchema, index)),
      systemIndexes: amcheckSchema === null ? [] : [checkSystemIndexes(amcheckSchema)],
      size: [databaseSize],
      // After everything was read: a page that failed then is counted too.
      pageFailures: [pageFailures],
      qualify: [qualifyEverything],
      schema: [fingerprints],
    },
    Math.max(1, endsAt - performance.now()),
  );
  return {
    tables: validation.tables.map(({ table }, index) => ({
      table,
      counted: answerOf(answers.tables[index], (rows) => readCount(table, bookmark, rows)),
      doubleKeys: answerOf(answers.doubleKeys[index], (rows) => numberIn(rows, 'keys') ?? 0),
    })),
    foreignKeys: there.foreignKeys.map((key) => {
      const position = joined.indexOf(key);
      return {
        key,
        orphans:
          position < 0 ? null : answerOf(answers.foreignKeys[position], (rows) => numberIn(rows, 'orphans') ?? 0),
      };
    }),
    sequences: there.sequences.map((sequence, index) => ({
      sequence,
      state: answerOf(answers.sequences[index], readSequenceState),
    })),
    indexes: there.indexes.map((index) => {
      const position = checked.indexOf(index);
      return { index, whole: position < 0 ? null : answerOf(answers.indexes[position], () => true as const) };
    }),
    amcheck: amcheckSchema !== null,
    systemIndexes:
      amcheckSchema === null ? null : answerOf(answers.systemIndexes[0], (rows) => numberIn(rows, 'indexes') ?? 0),
    newestCanaries: canaryTime === null ? null : answerOf(answers.newestCanaries[0], readCanaries),
    canariesFound: answerOf(answers.canariesFound[0], (rows) =>
      rows.map((row) => ({ vantage: String(row['vantage']), number: Number(row['number']) })),
    ),
    invariants: validation.invariants.map((invariant, index) => ({
      invariant,
      violations: answerOf(answers.invariants[index], (rows) => numberIn(rows, 'violations') ?? 0),
    })),
    fingerprints: readFingerprints(answers.schema[0] ?? []),
    pageFailures: pageFailuresIn(answerOf(answers.pageFailures[0], (rows) => numberIn(rows, 'failures'))),
    sizeBytes: numberIn(answers.size[0] ?? [], 'bytes') ?? 0,
    finishedAt: new Date().toISOString(),
  };
}

async function lookFor(
  clients: Clients,
  at: { readonly region: string; readonly cluster: string },
  service: Service,
  timeoutMs: number,
) {
  const answers = await askInGroups(
    clients,
    at,
    {
      foreignKeys: [listForeignKeys],
      sequences: [listSequences],
      indexes: [listIndexes],
      amcheck: [findAmcheck],
      canaryTime: [findCanaryTime(service)],
    },
    timeoutMs,
  );
  return {
    foreignKeys: readForeignKeys(answers.foreignKeys[0] ?? []),
    sequences: readSequences(answers.sequences[0] ?? []),
    indexes: readIndexes(answers.indexes[0] ?? []),
    amcheckSchema: textIn(answers.amcheck[0] ?? [], 'schema'),
    canaryTime: declaredCanaryTime(service) ?? readCanaryTime(answers.canaryTime[0] ?? []),
  };
}

const markOf = (table: string, bookmark: Bookmark | null) =>
  bookmark?.tables.find((marked) => marked.table === table) ?? null;

function countOf(table: ValidatedTable, bookmark: Bookmark | null) {
  const marked = markOf(table.table, bookmark);
  return marked === null ? countAll(table) : copyBuckets(table, marked);
}

function readCount(table: string, bookmark: Bookmark | null, rows: Parameters<typeof readCopyBuckets>[1]): CountedCopy {
  const marked = markOf(table, bookmark);
  if (marked !== null) return readCopyBuckets(marked.buckets, rows);
  const all = { from: null, rows: numberIn(rows, 'rows') ?? 0, checksum: '' };
  return { buckets: [all], undated: numberIn(rows, 'undated') ?? 0 };
}

const pageFailuresIn = (answer: Answer<number | null>): number | null => ('value' in answer ? answer.value : null);
