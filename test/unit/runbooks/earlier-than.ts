import type { Plan } from '../../../domain/plan.ts';

/** Ids of everything that has finished when a node begins. */
export function earlierThan(plan: Plan, id: string): readonly string[] {
  const after = plan.nodes.find((node) => node.id === id)?.after ?? [];
  return [...new Set(after.flatMap((earlier) => [earlier, ...earlierThan(plan, earlier)]))];
}
