import { onTestFinished, vi } from 'vitest';

/** Longer pauses between two looks at the clock are this process’s own standing still. */
const LONGEST_STEP_MS = 20;
const LOOK_MS = 5;

/**
 * Has `performance.now()` leave out the moments in which this process stood still, until the test ends: then a busy machine
 * takes nobody's lease time, and what is to happen within a time happens within it.
 */
export function leaveOutStalls(): void {
  const real = performance.now.bind(performance);
  let seen = real();
  let shown = seen;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => {
    const now = real();
    shown += Math.min(now - seen, LONGEST_STEP_MS);
    seen = now;
    return shown;
  });
  const looking = setInterval(() => performance.now(), LOOK_MS);
  onTestFinished(() => {
    clearInterval(looking);
    clock.mockRestore();
  });
}
