import { expect, test } from 'vitest';
import type { ObservedAttempt } from '../../../lab/observer/observed-attempt.ts';
import { type BookingRow, verdict } from '../../../lab/observer/verdict.ts';

const OLD = 'eu-west-1';
const NEW = 'eu-west-3';
const START = Date.parse('2026-11-21T03:12:00.000Z');

/** One letter per 100 ms: `o` acknowledged by the old region, `n` by the new one, `x` failed, `t` timed out. */
function attempts(letters: string): ObservedAttempt[] {
  return [...letters].map((letter, index) => {
    const ok = letter === 'o' || letter === 'n';
    const at = START + index * 100;
    return {
      at,
      doneAt: at + (letter === 't' ? 1_000 : 10),
      seq: index + 1,
      ok,
      servedBy: ok ? (letter === 'o' ? OLD : NEW) : null,
      error: ok ? null : letter === 't' ? 'timed out' : 'ECONNRESET',
      id: `obs-outside-${index + 1}`,
    };
  });
}

const rows = (region: string, seqs: readonly number[], from = START): BookingRow[] =>
  seqs.map((seq) => ({ id: `obs-outside-${seq}`, region, committedAt: from + seq * 100 + 5 }));

const judge = (letters: string, sides: { surviving?: BookingRow[] | null; old?: BookingRow[] } = {}) =>
  verdict({ attempts: attempts(letters), newRegion: NEW, surviving: sides.surviving ?? null, old: sides.old ?? [] });

const steady = (letter: string) => letter.repeat(31);
const time = (seq: number) => new Date(START + (seq - 1) * 100).toISOString();

test('counts from the last success before the failures to the first that was followed by nothing else', () => {
  const seen = judge(`ooooo${'x'.repeat(10)}${steady('n')}`);
  expect([seen.disruptedAt, seen.servingAt, seen.rtoSeconds]).toEqual([time(5), time(16), 1.1]);
});

test('does not take two failures for a disruption, and takes three', () => {
  expect(judge(`ooooxx${steady('o')}`)).toMatchObject({ rtoSeconds: null, disruptedAt: null, servingAt: null });
  expect(judge(`ooooxxx${steady('o')}`)).toMatchObject({ disruptedAt: time(4), servingAt: time(8) });
  expect(judge(`ooooxxoxx${steady('o')}`).disruptedAt).toBeNull();
});

test('is not stopped by a lucky success that a failure within three seconds follows', () => {
  const seen = judge(`ooxxxn${'n'.repeat(29)}x${steady('n')}`);
  expect(seen.servingAt).toBe(time(37));
  const late = judge(`ooxxxn${'n'.repeat(30)}x${steady('n')}`);
  expect(late.servingAt).toBe(time(6));
});

test('says nothing about the end when it did not watch for three seconds afterwards', () => {
  const seen = judge(`ooxxx${'n'.repeat(30)}`);
  expect([seen.disruptedAt, seen.servingAt, seen.rtoSeconds]).toEqual([time(2), null, null]);
  expect(judge(`ooxxx${'n'.repeat(31)}`).servingAt).toBe(time(6));
});

test('orders by when requests began: answers that come late do not hide the outage', () => {
  const byAnswer = attempts(`oottttt${steady('n')}`).sort((one, other) => one.doneAt - other.doneAt);
  const seen = verdict({ attempts: byAnswer, newRegion: NEW, surviving: null, old: [] });
  expect([seen.disruptedAt, seen.servingAt, seen.unanswered]).toEqual([time(2), time(8), 5]);
});

test('takes no outage from a service that had not begun yet', () => {
  expect(judge(`xxxxx${steady('o')}`).disruptedAt).toBeNull();
});

test('reports the longest of several outages', () => {
  const seen = judge(`ooxxx${steady('o')}${'x'.repeat(20)}${steady('n')}`);
  expect([seen.disruptedAt, seen.servingAt]).toEqual([time(36), time(57)]);
});

test('calls lost what was acknowledged and is not in the surviving database, and nothing else', () => {
  const letters = `ooooooxxxt${steady('n')}`;
  const survivors = [
    ...rows(OLD, [1, 2, 3]),
    ...rows(
      NEW,
      [...Array(31).keys()].map((index) => index + 11),
    ),
  ];
  const seen = judge(letters, { surviving: survivors });
  expect(seen).toMatchObject({ acknowledged: 37, lost: 3, unanswered: 1 });
  expect(seen.oldestLostAt).toBe(new Date(START + 310).toISOString());
  expect(seen.newestSurvivingAt).toBe(time(3));
});

test('calls nothing lost when nothing was moved', () => {
  expect(judge('ooo')).toMatchObject({ acknowledged: 3, lost: 0, oldestLostAt: null, newestSurvivingAt: null });
});

test('finds every row the old side committed after the new side’s first write of its own, and only those', () => {
  const surviving = [...rows(OLD, [1, 2]), ...rows(NEW, [20, 21])];
  const old = [
    ...rows(OLD, [1, 2, 3, 19]),
    ...rows(OLD, [20]),
    ...rows(OLD, [22, 30]),
    // Replicated back to the old side after a return: the new side's own.
    ...rows(NEW, [31]),
    { id: 'undated', region: OLD, committedAt: null },
  ];
  const seen = judge('', { surviving, old });
  expect(seen.dualWriterRows.map((row) => row.id)).toEqual(['obs-outside-22', 'obs-outside-30']);
  expect(seen.dualWriterInstants).toBe(2);
});

test('finds no second writer before the new side has written', () => {
  expect(judge('', { surviving: rows(OLD, [1]), old: rows(OLD, [1, 2]) }).dualWriterInstants).toBe(0);
});
