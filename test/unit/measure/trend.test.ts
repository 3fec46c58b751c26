import { describe, expect, it } from 'vitest';
import { type TrendPoint, trendOf } from '../../../measure/trend.ts';

const DAY = 86_400_000;
const QUARTER_DAYS = 91;
const minutes = (count: number) => count * 60;

/** A figure of each quarter, in minutes; text is what had elapsed when it failed. */
const quarterly = (...figures: (number | `${number}+`)[]): TrendPoint[] =>
  figures.map((figure, index) => ({
    at: new Date(Date.UTC(2026, 0, 6) + index * QUARTER_DAYS * DAY).toISOString(),
    seconds: minutes(typeof figure === 'number' ? figure : Number.parseFloat(figure)),
    kind: typeof figure === 'number' ? 'measured' : 'at_least',
  }));

const against = { targetSeconds: minutes(30), intervalSeconds: QUARTER_DAYS * 86_400 };

describe('a trend', () => {
  it('warns four quarters before 12, 15, 18 minutes pass half an hour', () => {
    const trend = trendOf(quarterly(12, 15, 18), against);
    expect(trend.secondsPerDay! * QUARTER_DAYS).toBeCloseTo(minutes(3));
    expect(trend.passesTargetInDays! / QUARTER_DAYS).toBeCloseTo(4);
    expect(trend.overTarget).toBe(false);
  });

  it('does not depend on the order in which figures are given', () => {
    expect(trendOf(quarterly(12, 15, 18).reverse(), against)).toEqual(trendOf(quarterly(12, 15, 18), against));
  });

  it.each([
    ['steady', [18, 18, 18]],
    ['falling', [18, 15, 12]],
    ['rising so slowly that nobody would act on it', [12, 12.5, 13]],
  ])('does not warn when it is %s', (_, figures) => {
    const trend = trendOf(quarterly(...figures), against);
    expect(trend.secondsPerDay).not.toBeNull();
    expect(trend.passesTargetInDays).toBeNull();
  });

  it('looks at the last eight only: an old, slow time does not hide growth', () => {
    const { points, passesTargetInDays } = trendOf(quarterly(29, 29, 10, 11, 12, 13, 14, 15, 16, 17), against);
    expect(points.map(({ seconds }) => seconds / 60)).toEqual([10, 11, 12, 13, 14, 15, 16, 17]);
    expect(passesTargetInDays).toBeNull();
    expect(trendOf(quarterly(29, 29, 8, 10, 12, 14, 16, 18, 20, 22), against).passesTargetInDays).toBeGreaterThan(0);
  });

  it('says that the newest is over the target instead of warning that it will be', () => {
    const trend = trendOf(quarterly(25, 28, 31), against);
    expect(trend).toMatchObject({ overTarget: true, passesTargetInDays: null });
  });

  it('warns at once when the line is over the target although the newest figure is not', () => {
    expect(trendOf(quarterly(20, 35, 29.9), against)).toMatchObject({ overTarget: false, passesTargetInDays: 0 });
  });

  it('counts a failed one that took longer than expected, and is over the target by it', () => {
    expect(trendOf(quarterly(12, 12, '29+'), against).passesTargetInDays).not.toBeNull();
    expect(trendOf(quarterly(12, 12, '31+'), against).overTarget).toBe(true);
  });

  it('is not made better by one that failed early', () => {
    const failed = trendOf(quarterly(12, 15, 18, '2+'), against);
    expect(failed.secondsPerDay).toBeCloseTo(trendOf(quarterly(12, 15, 18), against).secondsPerDay!);
    expect(failed.passesTargetInDays! / QUARTER_DAYS).toBeCloseTo(3);
  });

  it.each([
    [[], '0 of 3 figures that a trend needs'],
    [quarterly(12, 15), '2 of 3 figures that a trend needs'],
    [quarterly('2+', '3+', '4+', '5+'), '0 of 3 figures that a trend needs'],
  ])('is none with too few figures', (points, because) => {
    expect(trendOf(points, against)).toMatchObject({ secondsPerDay: null, because, passesTargetInDays: null });
  });

  it('is none between drills of one afternoon', () => {
    const points = quarterly(10, 15, 20).map((point, hour) => ({ ...point, at: `2026-01-06T1${hour}:00:00.000Z` }));
    const trend = trendOf(points, against);
    expect(trend.secondsPerDay).toBeNull();
    expect(trend.because).toContain('within one interval');
    expect(trendOf(points, { ...against, intervalSeconds: 3_600 }).secondsPerDay).not.toBeNull();
  });

  it('goes without a target, and then warns of nothing', () => {
    const trend = trendOf(quarterly(12, 15, 18), { ...against, targetSeconds: null });
    expect(trend.secondsPerDay).toBeGreaterThan(0);
    expect(trend).toMatchObject({ overTarget: false, passesTargetInDays: null });
  });
});
