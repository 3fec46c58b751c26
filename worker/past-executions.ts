import type { PastDrill } from '../activities/clients/clients.ts';
import type { ExecutionOutcome } from '../domain/execution.ts';
import type { MeasuredRestore } from '../domain/objective.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';

type Reader = Pick<LedgerReader, 'newestFirst'>;

/** More would say nothing newer, and reading them costs time. */
const MOST_RESTORES = 20;
const MOST_DRILLS = 200;

/** What restores of earlier executions measured, newest first: only those of the same environment compare. */
export function pastRestores(
  ledger: Reader,
  environment: string,
  service: string,
): Promise<readonly MeasuredRestore[]> {
  const restoreOf = (_: LedgerEntry, sealed: LedgerEntry) =>
    (sealed.facts['restore'] as unknown as MeasuredRestore | null | undefined) ?? null;
  return newest(ledger, { environment, service, most: MOST_RESTORES }, restoreOf);
}

/** How executions that schedules started ended, newest first. */
export function drillHistory(ledger: Reader, environment: string, service: string): Promise<readonly PastDrill[]> {
  const drillOf = (opened: LedgerEntry, sealed: LedgerEntry): PastDrill | null => {
    const { schedule } = opened.facts;
    return typeof schedule === 'string'
      ? { schedule, endedAt: sealed.at, outcome: sealed.facts['outcome'] as ExecutionOutcome }
      : null;
  };
  return newest(ledger, { environment, service, most: MOST_DRILLS }, drillOf);
}

async function newest<Found>(
  ledger: Reader,
  { environment, service, most }: { environment: string; service: string; most: number },
  found: (opened: LedgerEntry, sealed: LedgerEntry) => Found | null,
): Promise<readonly Found[]> {
  const all: Found[] = [];
  for await (const { opened, sealed } of ledger.newestFirst(service)) {
    if (!sealed || opened.facts['environment'] !== environment) continue;
    const one = found(opened, sealed);
    if (one !== null) all.push(one);
    if (all.length === most) break;
  }
  return all;
}
