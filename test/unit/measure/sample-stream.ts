import type { WatchSample } from '../../../domain/watch-sample.ts';

const OUTCOMES: Readonly<Record<string, WatchSample['outcome']>> = {
  '+': 'acknowledged',
  '-': 'refused',
  '?': 'timed_out',
};

export const NOON = Date.parse('2026-11-21T12:00:00.000Z');

/**
 * One character a sample, 100 ms apart from noon on: `+` acknowledged, `-` refused, `?` timed out after a second,
 * `.` a number that never ended, space nothing started.
 */
export function stream(text: string, more: Partial<WatchSample> = {}): WatchSample[] {
  let number = 0;
  return [...text].flatMap((character, slot) => {
    if (character === ' ') return [];
    number += 1;
    if (character === '.') return [];
    const at = NOON + slot * 100;
    const outcome = OUTCOMES[character]!;
    return [
      {
        vantage: 'control',
        number,
        at,
        doneAt: at + (outcome === 'timed_out' ? 1_000 : 20),
        outcome,
        servedBy: outcome === 'acknowledged' ? 'eu-west-1' : null,
        epoch: outcome === 'acknowledged' ? 41 : null,
        error: outcome === 'acknowledged' ? null : outcome,
        ...more,
      } satisfies WatchSample,
    ];
  });
}

/** ISO instant of a slot of the stream. */
export const slot = (index: number, plusMs = 0): string => new Date(NOON + index * 100 + plusMs).toISOString();

/** The hold of 3 s, and the sample that shows it is over. */
export const HELD = '+'.repeat(31);

export function shuffled<Value>(values: readonly Value[], random: () => number): Value[] {
  return values
    .map((value) => ({ value, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ value }) => value);
}
