import type { Bookmark } from '../../../../runbooks/actions/database/bookmark-schema.ts';
import { type Bucket, type CountedCopy, sum } from '../settled-rows.ts';
import { type Check, counted, failed, noticed, notRun, passed } from './check.ts';

type MarkedTable = Bookmark['tables'][number];

/** One bucket on both sides, and the time it is about. */
interface Compared {
  readonly range: string;
  readonly expected: Bucket | undefined;
  readonly found: Bucket | undefined;
}

const NAMED_RANGES = 3;

/** Settled rows against the source's: how many, and then whether those of each bucket are the same ones. */
export function judgeRows(marked: MarkedTable, copy: CountedCopy, taken: Bookmark['taken']): readonly Check[] {
  const buckets = align(marked, copy.buckets);
  return [
    rowsCheck(marked, copy, buckets, taken),
    checksumsCheck(marked, buckets, taken),
    ...undatedCheck(marked, copy),
  ];
}

function rowsCheck(
  { table, rows, settledBefore }: MarkedTable,
  copy: CountedCopy,
  buckets: readonly Compared[],
  taken: Bookmark['taken'],
): Check {
  const id = `rows:${table}`;
  const found = sum(copy.buckets);
  const missing = apart(buckets, (expected, there) => expected - there);
  const extra = apart(buckets, (expected, there) => there - expected);
  const words = [
    ...(missing.rows > 0 ? [`${counted(missing.rows, 'row')} of ${table} missing, written ${missing.ranges}`] : []),
    ...(extra.rows > 0 ? [`${counted(extra.rows, 'row')} more than the source has, written ${extra.ranges}`] : []),
  ].join('; ');
  if (missing.rows > 0) return failed(id, words, rows, found);
  if (extra.rows === 0) return passed(id, `rows of ${table} written before ${settledBefore}`, rows, found);
  return taken === 'exact'
    ? failed(id, words, rows, found)
    : noticed(id, `${words}: the source may have deleted them since`, rows, found);
}

/** Only buckets with as many rows on both sides: of the others it is known already that they differ. */
function checksumsCheck({ table }: MarkedTable, buckets: readonly Compared[], taken: Bookmark['taken']): Check {
  const id = `checksums:${table}`;
  const comparable = buckets.filter(({ expected, found }) => expected?.rows === found?.rows);
  const altered = comparable.filter(({ expected, found }) => expected?.checksum !== found?.checksum);
  const alike = comparable.length - altered.length;
  if (comparable.length === 0 && buckets.length > 0) {
    return notRun(id, `no bucket of ${table} has as many rows as the source's, so none can be compared`);
  }
  if (altered.length === 0) {
    return passed(id, `contents of ${table}, bucket by bucket, where as many rows are there`, comparable.length, alike);
  }
  const words = `rows of ${table} are not what they were, written ${rangesOf(altered)}`;
  return taken === 'exact'
    ? failed(id, words, comparable.length, alike)
    : noticed(id, `${words}: the source may have changed them since`, comparable.length, alike);
}

const undatedCheck = ({ table }: MarkedTable, { undated }: CountedCopy): readonly Check[] =>
  undated === 0
    ? []
    : [
        noticed(
          `undated:${table}`,
          `${counted(undated, 'row')} of ${table} without a time, not compared`,
          null,
          undated,
        ),
      ];

function align({ buckets, settledBefore }: MarkedTable, found: readonly Bucket[]): readonly Compared[] {
  const starts = [...new Set([...buckets, ...found].map(({ from }) => from))].sort((left, right) =>
    (left ?? '') < (right ?? '') ? -1 : 1,
  );
  return starts.map((from, index) => ({
    range: from === null ? `before ${starts[1] ?? settledBefore}` : `${from} to ${starts[index + 1] ?? settledBefore}`,
    expected: buckets.find((bucket) => bucket.from === from),
    found: found.find((bucket) => bucket.from === from),
  }));
}

/** Rows that one side has more of, and when those buckets were written. */
function apart(
  buckets: readonly Compared[],
  by: (expected: number, found: number) => number,
): { readonly rows: number; readonly ranges: string } {
  const more = buckets
    .map((bucket) => ({ bucket, rows: by(bucket.expected?.rows ?? 0, bucket.found?.rows ?? 0) }))
    .filter(({ rows }) => rows > 0);
  return {
    rows: more.reduce((all, { rows }) => all + rows, 0),
    ranges: rangesOf(more.map(({ bucket }) => bucket)),
  };
}

function rangesOf(buckets: readonly Compared[]): string {
  const named = buckets.slice(0, NAMED_RANGES).map(({ range }) => range);
  const left = buckets.length - named.length;
  return `${named.join(', ')}${left > 0 ? ` and ${left} more times` : ''}`;
}
