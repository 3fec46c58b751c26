import type { Bookmark } from '../../../../runbooks/actions/database/bookmark-schema.ts';
import type { Answer } from '../ask-in-groups.ts';
import type { SeenCopy } from '../look-at-copy.ts';
import { type OwnedSequence, type SequenceState, sequenceName, tableOf } from '../sequences.ts';
import { type Check, failed, noticed, notRun, passed, unanswered } from './check.ts';

type MarkedSequence = Bookmark['sequences'][number];

/** A sequence behind its column gives out numbers that are taken: the first insert after a recovery fails. */
export function judgeSequences(bookmark: Bookmark | null, { sequences }: SeenCopy): readonly Check[] {
  const there = sequences.map(({ sequence, state }) => {
    const marked = bookmark?.sequences.find((candidate) => candidate.sequence === sequenceName(sequence));
    return judgeSequence(sequence, state, marked ?? null, bookmark?.taken ?? 'exact');
  });
  const names = new Set(sequences.map(({ sequence }) => sequenceName(sequence)));
  const gone = (bookmark?.sequences ?? []).filter(({ sequence }) => !names.has(sequence));
  return [...there, ...gone.map((marked) => missing(marked, bookmark?.taken ?? 'exact'))];
}

function judgeSequence(
  sequence: OwnedSequence,
  state: Answer<SequenceState>,
  marked: MarkedSequence | null,
  taken: Bookmark['taken'],
): Check {
  const id = `sequence:${sequenceName(sequence)}`;
  const column = `${tableOf(sequence)}.${sequence.column}`;
  if (sequence.cycles) return notRun(id, 'it begins again at its end, so it may stand anywhere');
  if ('failure' in state) return unanswered(id, `sequence ${sequenceName(sequence)}`, state.failure);
  const { value } = state;
  const own = whole(value.furthest);
  const source = whole(marked?.highestInUse ?? null);
  const given = (used: bigint | null): boolean => used === null || !isBehind(sequence, value, used);
  if (!given(own)) {
    return failed(id, `it will give numbers of ${column} that are taken`, `at least ${own}`, value.last);
  }
  if (given(source)) return passed(id, `next number of ${column}`, own === null ? null : `at least ${own}`, value.last);
  return taken === 'exact'
    ? failed(id, `it stands behind what the source had given out in ${column}`, `at least ${source}`, value.last)
    : noticed(id, `the source has given out more numbers of ${column} since`, `at least ${source}`, value.last);
}

/** Whether a number in use is still to be given out. */
function isBehind({ descending }: OwnedSequence, { last, called }: SequenceState, used: bigint): boolean {
  const stands = BigInt(last);
  const distance = descending ? used - stands : stands - used;
  // What it stands at was given out already, or will be next.
  return called ? distance < 0n : distance <= 0n;
}

const missing = ({ sequence, table, column }: MarkedSequence, taken: Bookmark['taken']): Check =>
  taken === 'exact'
    ? failed(`sequence:${sequence}`, `the sequence of ${table}.${column} is not there`, 'a sequence', null)
    : noticed(`sequence:${sequence}`, `the sequence of ${table}.${column} was not there then`, 'a sequence', null);

/** The whole part: a numeric column may hold fractions, which no sequence gives. */
const whole = (text: string | null): bigint | null => (text === null ? null : BigInt(text.split('.')[0] ?? '0'));
