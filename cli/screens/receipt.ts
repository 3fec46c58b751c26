import type { CommandReceipt } from '../../domain/commands.ts';
import { labelled, screen } from '../terminal/layout.ts';
import { offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';

/** A command that counted: what it did, and that it is on record. */
export function renderReceipt(receipt: CommandReceipt, executionId: string, style: Style): string {
  const recorded =
    receipt.ledgerEntry === null ? [] : labelled('recorded', `in the ledger as entry ${receipt.ledgerEntry}`, style);
  return screen(
    [
      ...labelled('accepted', { text: plain(receipt.says), paint: style.paint.good }, style),
      ...recorded,
      ...offers('next', [{ words: ['watch', executionId] }], style),
    ],
    style,
  );
}
