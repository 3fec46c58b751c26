import type { Json } from '../../domain/json.ts';
import { grouped, sizeText } from '../terminal/amount.ts';
import { duration } from '../terminal/duration.ts';
import { booleanField, fieldOf, listField, numberField, textField, textsField } from './json-field.ts';
import type { Summary } from './summary.ts';

const rowsIn = (tables: readonly Json[]): number =>
  tables.reduce<number>((sum, table) => sum + (numberField(table, 'rows') ?? 0), 0);

const removed: Summary = (output) => {
  const names = textsField(output, 'removed');
  const alone = listField(output, 'leftAlone').length;
  const told = names.length === 0 ? 'nothing was there to remove' : `removed ${names.join(', ')}`;
  return alone === 0 ? told : `${told}; ${alone} left alone`;
};

const chosen: Summary = (output) => `${textField(output, 'snapshot')}, data of ${stamp(textField(output, 'dataTime'))}`;

/** To the second: what is finer stands in the record. */
const stamp = (at: string | null): string =>
  at === null ? 'an unknown instant' : `${at.slice(0, 19).replace('T', ' ')}Z`;

const size = (output: Json): string => {
  const bytes = numberField(output, 'sizeBytes');
  return bytes === null ? 'size unknown' : sizeText(bytes);
};

/** How the results of bookmarks, restores, copies, recoveries and their measurements read. */
export const RESTORE_SUMMARIES: Readonly<Record<string, Summary>> = {
  'database.bookmark': (output) => {
    const tables = listField(output, 'tables');
    const later = textField(output, 'taken') === 'later' ? '; read later than that' : '';
    return `${grouped(rowsIn(tables))} rows in ${tables.length} tables at ${stamp(textField(output, 'at'))}${later}`;
  },
  'database.validate': (output) => {
    const expected = numberField(output, 'rowsExpected');
    const found = grouped(numberField(output, 'rowsFound') ?? 0);
    const rows = expected === null ? `${found} rows found` : `${grouped(expected)} rows expected, ${found} found`;
    return `${rows}; ${numberField(output, 'passed')} checks passed`;
  },
  'restore.await-restorable': (output) =>
    `can restore to ${stamp(textField(output, 'restoreTo'))}; restorable up to ${stamp(textField(output, 'latestAt'))}`,
  'restore.point-in-time': (output) => `${textField(output, 'cluster')} is available`,
  'restore.from-snapshot': (output) => `${textField(output, 'cluster')} is available`,
  'restore.create-instance': (output) => `${textField(output, 'instance')} is available`,
  'restore.check-placement': (output) =>
    `in ${textField(output, 'subnetGroup')}, behind ${textsField(output, 'securityGroups').join(', ')}, with ${textField(output, 'parameterGroup')}, ${booleanField(output, 'encrypted') === true ? 'encrypted' : 'not encrypted'}`,
  'restore.estimate': (output) => {
    const seconds = numberField(output, 'predictedSeconds');
    if (seconds === null) return `${size(output)}; how long it takes is unknown`;
    const rate = numberField(output, 'bytesPerSecond');
    const meets = { true: ', in time', false: ', TOO LONG', null: '' }[`${booleanField(output, 'meetsObjective')}`];
    return `${size(output)}${rate === null ? '' : ` at ${sizeText(rate)}/s`}: about ${duration(seconds)}${meets}`;
  },
  'restore.clean-up': (output) => {
    const remaining = textsField(output, 'remaining');
    return `${removed(output)}; ${remaining.length === 0 ? 'nothing left' : `LEFT: ${remaining.join(', ')}`}`;
  },
  'restore.remove-leftovers': removed,
  'snapshot.choose': (output) => {
    const passedOver = textsField(output, 'passedOver');
    return `${chosen(output)}${passedOver.length === 0 ? '' : `; passed over as in doubt: ${passedOver.join(', ')}`}`;
  },
  'snapshot.take': chosen,
  'snapshot.copy': (output) => {
    const failure = textField(output, 'firstFailure');
    const took = duration(numberField(output, 'copySeconds') ?? 0);
    return `${textField(output, 'snapshot')} in ${took}${failure === null ? '' : `; the first try failed: ${failure}`}`;
  },
  'snapshot.verify': (output) => `${textField(output, 'snapshot')} is ${textField(output, 'status')} and as asked`,
  'snapshot.validation-due': (output) =>
    `${booleanField(output, 'due') === true ? 'due' : 'not due'}: ${numberField(output, 'sinceLast')} since the last, every ${numberField(output, 'every')}`,
  'snapshot.mark-copy': (output) =>
    textField(output, 'mark') === 'validated'
      ? 'marked as restored and found whole'
      : 'marked as in doubt until it is found whole',
  'snapshot.prune': (output) => {
    const names = textsField(output, 'pruned');
    return `${names.length === 0 ? 'none pruned' : `pruned ${names.join(', ')}`}, ${listField(output, 'kept').length} kept`;
  },
  'recovery.assess-loss': (output) =>
    `data of ${stamp(textField(output, 'dataTime'))}: ${duration(numberField(output, 'lossSeconds') ?? 0)} would be lost`,
  'recovery.check-vacancy': (output) =>
    `the name ${textField(output, 'cluster')} is ${booleanField(output, 'vacant') === true ? 'free' : 'taken'}`,
  'recovery.compare': (output) =>
    `${grouped(numberField(output, 'missing') ?? 0)} rows missing, ${grouped(numberField(output, 'altered') ?? 0)} altered, ${grouped(numberField(output, 'writtenSince') ?? 0)} written since`,
  'recovery.confirm-writer': (output) =>
    `${textField(output, 'cluster')} is the writer, epoch ${numberField(output, 'epoch')}`,
  'recovery.copy-rows': (output) => `${grouped(numberField(output, 'copied') ?? 0)} rows copied back`,
  'recovery.read-source': (output) =>
    `${textField(output, 'cluster')} would be set aside as ${textField(output, 'setAsideAs')}`,
  'recovery.rename': (output) => `${textField(output, 'formerly')} is ${textField(output, 'cluster')} now`,
  'recovery.confirm-swapped': (output) =>
    `${textField(output, 'cluster')} is the copy; ${grouped(numberField(output, 'writtenSince') ?? 0)} rows written since are only in ${textField(output, 'damaged')}`,
  'recovery.keep-restored': (output) => `${textField(output, 'cluster')} stays`,
  'infrastructure.apply': (output) =>
    `${textsField(output, 'created').length} created, ${textsField(output, 'updated').length} updated, ${numberField(output, 'unchanged')} unchanged`,
  'measure.restore': (output) => {
    const seconds = numberField(fieldOf(output, 'restore'), 'restoreSeconds');
    return seconds === null ? null : `restored and validated in ${duration(seconds)}`;
  },
  'measure.exposure': (output) => {
    const seconds = numberField(fieldOf(output, 'copy'), 'exposureSeconds');
    return seconds === null ? null : `exposure ${duration(seconds)}`;
  },
};
