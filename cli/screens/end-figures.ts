import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { Actual, Objectives } from '../../domain/objective.ts';
import { duration, instant, secondsBetween, target } from '../terminal/duration.ts';
import { labelled } from '../terminal/layout.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';
import { copyFigures } from './copy-figures.ts';
import { kindOf } from './plan-kind.ts';
import { cleanedUp, restoreFigures, validatedRows } from './restore-figures.ts';

const verdict = (within: boolean): string => (within ? '✓' : '✗ MISSED');

/** What was achieved, beside what was wanted. Not measured is said with its reason, and is never 0. */
export function figures(snapshot: ExecutionSnapshot, end: Date, style: Style): string[] {
  const { actual, objectives } = snapshot;
  return [
    ...(actual && objectives ? measured(snapshot, actual, objectives, end, style) : unmeasured(snapshot, end, style)),
    ...validatedRows(snapshot, style),
    ...cleanedUp(snapshot, style),
  ];
}

function measured(
  snapshot: ExecutionSnapshot,
  actual: Actual,
  objectives: Objectives,
  end: Date,
  style: Style,
): string[] {
  const own = [
    ...(actual.copy ? copyFigures(actual.copy, objectives, end, style) : []),
    ...(actual.restore ? restoreFigures(actual.restore, objectives, end, style) : []),
  ];
  // Nobody was cut off by a drill or a copy: that nothing was measured of an outage is no failure of theirs.
  if (own.length > 0 && kindOf(snapshot.plan) !== 'move') return [...own, ...noOutage(actual, style)];
  return [...rto(actual, objectives, end, style), ...rpo(actual, objectives, style), ...own];
}

function noOutage({ rtoSeconds, rpo: lost, notMeasured }: Actual, style: Style): string[] {
  if (rtoSeconds !== null || lost !== null) return [];
  const reasons = new Set([notMeasured.rto?.reason, notMeasured.rpo?.reason].filter((reason) => reason !== undefined));
  const because = [...reasons].map(plain).join('; ') || 'no service was down for this';
  return labelled('RTO, RPO', { text: `not measured: ${because}`, paint: style.paint.quiet }, style);
}

function unmeasured(snapshot: ExecutionSnapshot, end: Date, style: Style): string[] {
  const { plan, outcome, marks, objectives } = snapshot;
  const requested = marks.restore_requested;
  if (requested && kindOf(plan) === 'restore') {
    const wanted = objectives?.restoreSeconds === undefined ? '' : ` of ${target(objectives.restoreSeconds)}`;
    const failedAt = snapshot.steps.find(({ state }) => state === 'failed')?.endedAt;
    const elapsed = duration(secondsBetween(requested, failedAt ? new Date(failedAt) : end));
    const text = `not validated after ${elapsed}${wanted}: it counts as at least that`;
    return labelled('restore', { text, paint: style.paint.warn }, style);
  }
  const measures = plan?.nodes.some((node) => node.kind === 'step' && node.role === 'measure') ?? false;
  return outcome === 'succeeded' && measures
    ? labelled('measured', 'nothing: RTO and RPO are unknown, not 0', style)
    : [];
}

function rto(actual: Actual, objectives: Objectives, end: Date, style: Style): string[] {
  const wanted = `objective ${target(objectives.rtoSeconds)}`;
  if (actual.rtoSeconds === null) {
    const reason = plain(actual.notMeasured.rto?.reason ?? 'no reason given');
    return labelled('RTO', { text: `not measured: ${reason}   ${wanted}`, paint: style.paint.warn }, style);
  }
  const within = actual.rtoSeconds <= objectives.rtoSeconds;
  const span =
    actual.disruptedAt && actual.servingAt
      ? `   ${instant(actual.disruptedAt, end, 1)} → ${instant(actual.servingAt, end, 1)}`
      : '';
  const precision = actual.resolutionSeconds === null ? '' : `, ± ${duration(actual.resolutionSeconds)}`;
  const text = `${duration(actual.rtoSeconds)}   ${wanted} ${verdict(within)}${span}   ${plain(actual.method)}${precision}`;
  return labelled('RTO', { text, paint: within ? style.paint.good : style.paint.bad }, style);
}

function rpo(actual: Actual, objectives: Objectives, style: Style): string[] {
  const wanted = `objective ${target(objectives.rpoSeconds)}`;
  const { databaseLagEstimateSeconds: estimate } = actual;
  const lag = estimate === null ? '' : `   DB lag estimate ${duration(estimate)}`;
  if (actual.rpo === null) {
    const reason = plain(actual.notMeasured.rpo?.reason ?? 'no reason given');
    return labelled('RPO', { text: `not measured: ${reason}   ${wanted}${lag}`, paint: style.paint.warn }, style);
  }
  const { minSeconds, maxSeconds, lost } = actual.rpo;
  const within = maxSeconds <= objectives.rpoSeconds;
  const text = `${minSeconds.toFixed(1)}–${maxSeconds.toFixed(1)} s   ${wanted} ${verdict(within)}   ${lost} canar${lost === 1 ? 'y' : 'ies'} lost${lag}`;
  return labelled('RPO', { text, paint: within ? style.paint.good : style.paint.bad }, style);
}
