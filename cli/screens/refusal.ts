import { ERRORS, type ErrorShape } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { type Cell, labelled } from '../terminal/layout.ts';
import { type Offer, offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';

export interface RefusalExtras {
  /** `refused` for what a rule forbids, `failed` for what went wrong. */
  readonly word?: string;
  /** Number of the ledger entry that records it. */
  readonly ledgerEntry?: string | null;
  readonly next?: readonly Offer[];
}

/** An error as people read it: what, its code, the field, expected beside found, what to do, and what to run next. */
export function renderRefusal(error: ErrorShape, style: Style, extras: RefusalExtras = {}): string {
  const { paint } = style;
  const word = extras.word ?? wordOf(error);
  const message = error.message.split('\n').map((line) => line.trimEnd());
  const [first = '', ...others] = message;
  const code = `(${error.code})`;
  const text: Cell[] = [
    { text: others.length === 0 ? `${plain(first)} ${code}` : `${plain(first).replace(/:$/, '')} ${code}:` },
    ...others.map((line) => ({ text: `${line.startsWith('  ') ? '- ' : ''}${plain(line)}` })),
  ];
  const lines = labelled(word, text, style).map((line, at) => (at === 0 ? line.replace(word, paint.bad(word)) : line));
  // A list of problems names each field itself.
  const single = others.length === 0;
  if (error.field !== undefined && single) lines.push(...labelled('field', plain(error.field), style));
  if (error.expected !== undefined && single) lines.push(...labelled('expected', jsonText(error.expected), style));
  if (error.actual !== undefined && single) lines.push(...labelled('found', jsonText(error.actual), style));
  if (error.remedy !== '') lines.push(...labelled('remedy', remedyCells(error.remedy), style));
  if (extras.ledgerEntry) lines.push(...labelled('recorded', `in the ledger as entry ${extras.ledgerEntry}`, style));
  if (extras.next && extras.next.length > 0) lines.push(...offers('next', extras.next, style));
  return lines.join('\n');
}

/** What happened, in one word: a person said no, a rule did, or something broke. */
function wordOf(error: ErrorShape): string {
  if (ERRORS[error.code].exitCode === 3) return 'declined';
  return error.code === 'DR_INTERNAL' || error.retryable ? 'failed' : 'refused';
}

/** A command at the end of a remedy stands on a line of its own, so that it can be copied. */
function remedyCells(remedy: string): Cell[] {
  const found = /^(.+?) (lifeboat [a-z][^()]*)$/.exec(plain(remedy));
  return found ? [{ text: found[1]! }, { text: found[2]! }] : [{ text: plain(remedy) }];
}

/** A value as people read it: plain words where it has any, JSON otherwise. */
export function jsonText(json: Json): string {
  if (typeof json === 'string') return plain(json);
  if (Array.isArray(json) && json.every((item) => typeof item === 'string')) return plain(json.join(', ')) || 'nothing';
  return plain(JSON.stringify(json));
}
