import type { ExecutionSnapshot } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import type { MeasuredRestore, Objectives } from '../../domain/objective.ts';
import { planSteps } from '../../domain/plan.ts';
import { grouped, sizeText } from '../terminal/amount.ts';
import { duration, instant, target } from '../terminal/duration.ts';
import { dotted, labelled } from '../terminal/layout.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';
import { listField, numberField, textField, textsField } from './json-field.ts';

/** How long the restore took beside how long it may, to which instant, and how fast the data came back. */
export function restoreFigures(
  restore: MeasuredRestore,
  { restoreSeconds: limit }: Objectives,
  end: Date,
  style: Style,
): string[] {
  const { paint } = style;
  const within = limit === undefined || restore.restoreSeconds <= limit;
  const wanted = limit === undefined ? '' : ` of ${target(limit)} ${within ? '✓' : '✗ MISSED'}`;
  const span = `requested ${instant(restore.requestedAt, end, 1)} → validated ${instant(restore.validatedAt, end, 1)}`;
  const speed =
    restore.sizeBytes === null
      ? []
      : [
          `${sizeText(restore.sizeBytes)}${restore.bytesPerSecond === null ? '' : ` at ${sizeText(restore.bytesPerSecond)}/s`}`,
        ];
  const { recoveryPointSeconds: point, precisionSeconds: precision } = restore;
  const to = [
    instant(restore.restoredTo, end, 3),
    ...(point === null ? [] : [`recovery point ${duration(point)}`]),
    ...(precision === null ? ['no canary was found in it'] : [`newest canary ${distance(precision)}`]),
    ...speed,
  ];
  const text = dotted([`${duration(restore.restoreSeconds)}${wanted}`, span]);
  return [
    ...labelled('restore', { text, paint: within ? (limit === undefined ? plainly : paint.good) : paint.bad }, style),
    ...labelled('restored to', dotted(to), style),
  ];
}

const plainly = (text: string): string => text;

const distance = (seconds: number): string =>
  seconds >= 0 ? `${duration(seconds)} before it` : `${duration(-seconds)} AFTER it`;

/** Rows that had to come back and those that did, and how many checks looked at them. */
export function validatedRows(snapshot: ExecutionSnapshot, style: Style): string[] {
  const output = outputOf(snapshot, 'database.validate');
  const found = numberField(output, 'rowsFound');
  if (found === null) return [];
  const expected = numberField(output, 'rowsExpected');
  const checks = listField(output, 'checks');
  const count = (verdict: string): number => checks.filter((check) => textField(check, 'verdict') === verdict).length;
  const parts = [
    expected === null
      ? `${grouped(found)} found; the source could not be asked how many there were`
      : `${grouped(expected)} expected, ${grouped(found)} found`,
    `${numberField(output, 'passed') ?? count('passed')} checks passed`,
    ...(count('noticed') > 0 ? [`${count('noticed')} noticed`] : []),
    ...(count('not_run') > 0 ? [`${count('not_run')} could not be run`] : []),
  ];
  const differs = expected !== null && expected !== found;
  return labelled('rows', { text: dotted(parts), ...(differs ? { paint: style.paint.warn } : {}) }, style);
}

/** What the clean-up deleted, and what a look afterwards still found. */
export function cleanedUp(snapshot: ExecutionSnapshot, style: Style): string[] {
  const output = outputOf(snapshot, 'restore.clean-up');
  if (output === null) return [];
  const remaining = textsField(output, 'remaining');
  const looked = numberField(output, 'looked');
  const alone = listField(output, 'leftAlone').map((one) => `${textField(one, 'id')} (${textField(one, 'because')})`);
  const left = remaining.length === 0 ? '0 left' : `${remaining.length} LEFT: ${remaining.join(', ')}`;
  const among = looked === null ? '' : ` among ${looked} looked at`;
  const removed = textsField(output, 'removed').length;
  const text = `${removed === 0 ? 'nothing to remove' : `${removed} removed`}, ${plain(left)}${among}`;
  return [
    ...labelled('cleaned up', { text, paint: remaining.length === 0 ? plainly : style.paint.bad }, style),
    ...(alone.length === 0
      ? []
      : labelled('left alone', { text: plain(alone.join(', ')), paint: style.paint.warn }, style)),
  ];
}

/** What the last step of a kind gave that ended well. */
function outputOf(snapshot: ExecutionSnapshot, action: string): Json {
  const ids = (snapshot.plan ? planSteps(snapshot.plan) : []).filter((step) => step.action === action);
  const done = snapshot.steps.filter(({ id, state }) => state === 'done' && ids.some((step) => step.id === id));
  return done.at(-1)?.output ?? null;
}
