/** One execution's figure: measured, or at least what had elapsed when it failed or was aborted. */
export interface TrendPoint {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly seconds: number;
  readonly kind: 'measured' | 'at_least';
}

export interface Trend {
  /** Those the trend was computed from, oldest first. */
  readonly points: readonly TrendPoint[];
  /** Growth per day by least squares; `null` when there is no trend to speak of, and `because` says why. */
  readonly secondsPerDay: number | null;
  readonly because: string | null;
  /** The newest is over the target already. */
  readonly overTarget: boolean;
  /** Days from the newest point until the line passes the target, when that is near; else `null`. */
  readonly passesTargetInDays: number | null;
}

/** What lies further back says little about the database of today. */
const MOST = 8;
const LEAST = 3;
/** How many intervals ahead a warning looks: further, nobody acts on it. */
const AHEAD_INTERVALS = 8;
const DAY_MS = 86_400_000;

/**
 * How figures develop over time, and whether they pass their target soon. Figures that lie closer together than one
 * interval of their schedule make no trend: what differs between two drills of one afternoon is not growth.
 * @param targetSeconds `null` when there is none.
 * @param intervalSeconds of the schedule.
 */
export function trendOf(
  points: readonly TrendPoint[],
  { targetSeconds, intervalSeconds }: { readonly targetSeconds: number | null; readonly intervalSeconds: number },
): Trend {
  const newest = [...points].sort((one, other) => (one.at < other.at ? -1 : 1)).slice(-MOST);
  const last = newest.at(-1);
  const overTarget = last !== undefined && targetSeconds !== null && last.seconds > targetSeconds;
  const without = (because: string): Trend => ({
    points: newest,
    secondsPerDay: null,
    because,
    overTarget,
    passesTargetInDays: null,
  });
  const fitted = withLowerBounds(newest);
  if (fitted.length < LEAST) return without(`${fitted.length} of ${LEAST} figures that a trend needs`);
  const spanDays = daysBetween(fitted[0]!, fitted.at(-1)!);
  const intervalDays = (intervalSeconds * 1_000) / DAY_MS;
  if (spanDays < intervalDays) return without('all within one interval of the schedule: nothing to see growth by');
  const line = lineThrough(fitted);
  const atLast = line.at(last!);
  const left = targetSeconds === null ? null : targetSeconds - atLast;
  const inDays = left === null || line.secondsPerDay <= 0 ? null : left / line.secondsPerDay;
  const near = inDays !== null && !overTarget && inDays <= AHEAD_INTERVALS * intervalDays;
  return {
    points: newest,
    secondsPerDay: line.secondsPerDay,
    because: null,
    overTarget,
    passesTargetInDays: near ? Math.max(0, inDays) : null,
  };
}

/**
 * Measured figures, and those lower bounds that say something: a drill that failed after five minutes does not say that
 * it would not have taken twenty.
 */
function withLowerBounds(points: readonly TrendPoint[]): readonly TrendPoint[] {
  const measured = points.filter(({ kind }) => kind === 'measured');
  if (measured.length === 0) return [];
  const expected = lineThrough(measured);
  return points.filter((point) => point.kind === 'measured' || point.seconds > expected.at(point));
}

interface Line {
  readonly secondsPerDay: number;
  at(point: TrendPoint): number;
}

function lineThrough(points: readonly TrendPoint[]): Line {
  const first = points[0]!;
  const days = points.map((point) => daysBetween(first, point));
  const meanDays = mean(days);
  const meanSeconds = mean(points.map(({ seconds }) => seconds));
  const spread = days.reduce((sum, day) => sum + (day - meanDays) ** 2, 0);
  const together = points.reduce((sum, { seconds }, at) => sum + (days[at]! - meanDays) * (seconds - meanSeconds), 0);
  const secondsPerDay = spread === 0 ? 0 : together / spread;
  return { secondsPerDay, at: (point) => meanSeconds + secondsPerDay * (daysBetween(first, point) - meanDays) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const daysBetween = (from: TrendPoint, to: TrendPoint): number => (Date.parse(to.at) - Date.parse(from.at)) / DAY_MS;
