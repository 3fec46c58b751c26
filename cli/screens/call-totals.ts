import type { Call } from '../../domain/action.ts';

/** Calls by name and how often: `rds:FailoverGlobalCluster ×1`. */
export function callTotals(calls: readonly Call[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const call of calls) {
    const name = `${call.service}:${call.operation}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${name} ×${count}`);
}
