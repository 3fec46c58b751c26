import { ledgerNumber } from '../../domain/ids.ts';
import type { Checkpoint, LedgerVerdict } from '../../ledger/verify-ledger.ts';
import { type Cell, labelled, screen } from '../terminal/layout.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';

const MOST_SHOWN = 20;

/** What an offline verification found, and what to note for the next one. */
export function renderLedgerVerdict(
  found: {
    readonly word: 'valid' | 'tampered' | 'incomplete';
    readonly folder: string;
    readonly key: string;
    readonly since?: Checkpoint;
    readonly verdict: LedgerVerdict;
  },
  style: Style,
): string {
  const { verdict, word } = found;
  const { paint } = style;
  const colour = word === 'valid' ? paint.good : word === 'tampered' ? paint.bad : paint.warn;
  const label = word.toUpperCase();
  const counted = `${verdict.entries} entries, ${verdict.executions} executions`;
  const code = word === 'tampered' ? ' (DR_LEDGER_CORRUPT)' : '';
  const since = found.since ? ` · the checkpoint at ${ledgerNumber(found.since.sequence)} was compared` : '';
  const problems = verdict.problems.slice(0, MOST_SHOWN).map(
    ({ entry, kind, says }): Cell => ({
      text: `✗ ${kind === 'tampered' ? 'TAMPERED' : 'INCOMPLETE'}  entry ${plain(entry)} ${plain(says)}`,
      paint: kind === 'tampered' ? paint.bad : paint.warn,
    }),
  );
  if (verdict.problems.length > MOST_SHOWN)
    problems.push({ text: `and ${verdict.problems.length - MOST_SHOWN} more (--json lists all)` });
  return screen(
    [
      ...labelled('ledger', `${label}${code}  ${counted}${since}`, style).map((line) =>
        line.replace(label, colour(label)),
      ),
      ...labelled('folder', found.folder, style),
      ...labelled(
        'checked',
        `form, signatures, order, artefacts and people’s own statements, with ${found.key}`,
        style,
      ),
      ...(problems.length > 0 ? labelled('problems', problems, style) : []),
      ...(verdict.unsealed.length > 0
        ? labelled('not sealed', `${verdict.unsealed.join(', ')}: in flight, or interrupted`, style)
        : []),
      ...(verdict.last === null ? [] : checkpoint(verdict.last, style)),
      ...(word === 'valid' ? [] : labelled('remedy', 'Keep it as it is and compare with a copy.', style)),
    ],
    style,
  );
}

/** Kept elsewhere, it proves to a later verification that nothing before it changed, not even all of it together. */
const checkpoint = (last: Checkpoint, style: Style): string[] => [
  ...labelled('note down', 'elsewhere than here, for the next verification:', style),
  `  --since ${last.sequence}:${last.digest}`,
];
