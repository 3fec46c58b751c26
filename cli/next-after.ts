import type { ErrorShape } from '../domain/errors.ts';
import type { Session } from './session.ts';
import type { Offer } from './terminal/next-command.ts';

/** A remedy that is nothing but a command of ours becomes the next command, about the execution in question. */
export function nextAfter(
  error: ErrorShape,
  session: Session,
): { readonly shape: ErrorShape; readonly next: readonly Offer[]; readonly ledgerEntry: string | null } {
  const { subject } = session;
  const remedy =
    subject.executionId === null ? error.remedy : error.remedy.replace(/\bEXECUTION\b/, subject.executionId);
  const { ledgerEntry } = subject;
  const words = /^lifeboat ([-a-z][^…:.]*)$/.exec(remedy)?.[1]?.split(' ');
  if (words === undefined || words.some((word) => /^[A-Z]+$/.test(word))) {
    return { shape: { ...error, remedy }, next: [], ledgerEntry };
  }
  return {
    shape: session.report.json ? { ...error, remedy } : { ...error, remedy: '' },
    next: [{ words }],
    ledgerEntry,
  };
}
