import type { PlanNode } from '../../domain/plan.ts';

/** Every node after what it waits for, otherwise as written; `stuck` names nodes in, or behind, a cycle. */
export function topologicalOrder(nodes: readonly PlanNode[]): {
  readonly ordered: readonly PlanNode[];
  readonly stuck: readonly string[];
} {
  const ordered: PlanNode[] = [];
  const placed = new Set<string>();
  let waiting = [...nodes];
  for (;;) {
    const next = waiting.find((node) => node.after.every((id) => placed.has(id)));
    if (!next) return { ordered, stuck: waiting.map((node) => node.id) };
    ordered.push(next);
    placed.add(next.id);
    waiting = waiting.filter((node) => node !== next);
  }
}
