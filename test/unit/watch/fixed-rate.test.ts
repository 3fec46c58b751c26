import { expect, it, onTestFinished } from 'vitest';
import { atFixedRate } from '../../../watch/fixed-rate.ts';
import { until } from './until.ts';

it('keeps its slots after a stall: no drift, no burst', async () => {
  const intervalMs = 100;
  const ticks: number[] = [];
  const stop = atFixedRate(intervalMs, () => {
    const at = performance.now();
    ticks.push(at);
    // Nothing can run meanwhile, three and a half slots long.
    if (ticks.length === 3) while (performance.now() < at + 3.5 * intervalMs);
  });
  onTestFinished(stop);
  await until(() => ticks.length >= 8);
  stop();
  const slots = ticks.map((at) => (at - ticks[0]!) / intervalMs);
  const after = slots.slice(3);
  // The third was late by what was asked of it; then the slots go on where they would have been.
  expect(after[0]).toBeGreaterThan(5.4);
  for (const [index, slot] of after.slice(1).entries()) {
    expect(Math.abs(slot - Math.round(slot)), `tick ${index + 4}`).toBeLessThan(0.45);
    if (index > 0) expect(slot - after[index]!).toBeGreaterThan(0.4);
  }
});
