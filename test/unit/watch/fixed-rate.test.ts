import { afterEach, expect, it, vi } from 'vitest';
import { atFixedRate } from '../../../watch/fixed-rate.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it('keeps its slots after a stall: no drift, no burst', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  const intervalMs = 100;
  const awake = performance.now.bind(performance);
  let stalledMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => awake() + stalledMs);
  const origin = performance.now();
  const slots: number[] = [];
  const stop = atFixedRate(intervalMs, () => {
    slots.push((performance.now() - origin) / intervalMs);
    // The clock goes on and no timer does: what is due in one slot comes two and a half late.
    if (slots.length === 3) stalledMs = 2.5 * intervalMs;
  });
  vi.advanceTimersByTime(8 * intervalMs);
  stop();
  // The slots go on where they would have been.
  expect(slots.slice(0, 8)).toEqual([0, 1, 2, 5.5, 6, 7, 8, 9]);
});
