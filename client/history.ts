import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { LedgerReader } from '../ledger/ledger-reader.ts';
import type { ExecutionSummary } from './lifeboat-client.ts';

/** Executions as the ledger tells them, newest first: what was opened and not sealed is running or was interrupted. */
export async function history(
  ledger: LedgerReader,
  filter: { readonly service?: string; readonly limit: number },
): Promise<readonly ExecutionSummary[]> {
  const found = new Map<string, ExecutionSummary>();
  for await (const entry of ledger.read()) {
    if (filter.service !== undefined && entry.service !== filter.service) continue;
    if (entry.type === 'opened') found.set(entry.executionId, opened(entry));
    const earlier = found.get(entry.executionId);
    if (entry.type === 'sealed' && earlier) {
      found.set(entry.executionId, {
        ...earlier,
        endedAt: entry.at,
        status: String(entry.facts['outcome'] ?? 'ended'),
      });
    }
  }
  return [...found.values()].reverse().slice(0, filter.limit);
}

function opened({ executionId, service, at, facts, entry }: LedgerEntry): ExecutionSummary {
  const text = (name: string): string => String(facts[name] ?? '');
  return {
    executionId,
    workflowId: text('workflowId'),
    runbook: text('runbook'),
    service,
    mode: text('mode'),
    purpose: text('purpose'),
    startedAt: at,
    endedAt: null,
    status: 'running',
    requestedBy: text('requestedBy'),
    ledgerEntry: entry,
  };
}
