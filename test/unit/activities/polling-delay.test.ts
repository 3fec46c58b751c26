import { describe, expect, it } from 'vitest';
import { pollingDelayMs } from '../../../activities/attempt/polling-delay.ts';

describe('the polling delay', () => {
  it('is 2 % of the time waited', () => {
    expect(pollingDelayMs(60_000)).toBe(1_200);
    expect(pollingDelayMs(600_000)).toBe(12_000);
  });

  it('is at least 100 ms in the first 5 s and 250 ms from then on', () => {
    expect(pollingDelayMs(0)).toBe(100);
    expect(pollingDelayMs(4_999)).toBe(100);
    expect(pollingDelayMs(5_000)).toBe(250);
    expect(pollingDelayMs(12_500)).toBe(250);
  });

  it('is at most 30 s', () => {
    expect(pollingDelayMs(1_500_000)).toBe(30_000);
    expect(pollingDelayMs(86_400_000)).toBe(30_000);
  });
});
