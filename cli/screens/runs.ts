import type { ExecutionSummary } from '../../client/lifeboat-client.ts';
import { duration, instant, secondsBetween } from '../terminal/duration.ts';
import { labelled, screen, table } from '../terminal/layout.ts';
import { type Offer, offers } from '../terminal/next-command.ts';
import type { Style } from '../terminal/style.ts';
import { plain } from '../terminal/text-width.ts';
import { askerText, statusWord } from './execution-words.ts';

/** Executions, newest first. */
export function renderRuns(runs: readonly ExecutionSummary[], now: Date, style: Style): string {
  const { paint } = style;
  if (runs.length === 0) {
    const next: Offer[] = [{ words: ['runbook', 'ls'] }];
    return screen([...labelled('executions', 'none yet', style), ...offers('next', next, style)], style);
  }
  const painters: Readonly<Record<string, (text: string) => string>> = {
    succeeded: paint.good,
    ready: paint.good,
    failed: paint.bad,
    interrupted: paint.bad,
    handed_over: paint.bad,
    aborted: paint.warn,
    denied: paint.warn,
    blocked: paint.warn,
    refused: paint.warn,
  };
  const wide = style.width >= 110;
  const roomy = style.width >= 70;
  const rows = runs.map((run) => [
    { text: run.executionId, paint: paint.strong },
    { text: run.mode === 'dry_run' ? 'dry run' : run.mode.toUpperCase() },
    { text: `${plain(run.runbook)} · ${plain(run.service)}` },
    { text: statusWord(run.status), ...(painters[run.status] ? { paint: painters[run.status]! } : {}) },
    ...(wide ? [{ text: instant(run.startedAt, now) }] : []),
    ...(roomy ? [{ text: duration(secondsBetween(run.startedAt, run.endedAt ? new Date(run.endedAt) : now)) }] : []),
    ...(wide ? [{ text: askerText(run.requestedBy) }, { text: run.ledgerEntry ?? '–' }] : []),
  ]);
  const columns = [
    { title: 'execution' },
    { title: 'mode' },
    { title: 'what', flexible: true },
    { title: 'status' },
    // The id carries the minute; the exact start is for those who have the room.
    ...(wide ? [{ title: 'started' }] : []),
    ...(roomy ? [{ title: 'took', align: 'right' as const }] : []),
    ...(wide ? [{ title: 'by' }, { title: 'ledger' }] : []),
  ];
  const running = runs.filter((run) => run.endedAt === null);
  const next: Offer[] =
    running.length > 0
      ? running.slice(0, 3).map((run) => ({ words: ['watch', run.executionId] }))
      : [{ words: ['status', runs[0]!.executionId] }];
  return screen([...table(columns, rows, style), '', ...offers('next', next, style)], style);
}
