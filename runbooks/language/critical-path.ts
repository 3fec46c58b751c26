import type { Plan, PlanNode } from '../../domain/plan.ts';

export interface CriticalPath {
  readonly seconds: number;
  /** Steps that decide how long it takes, in order. */
  readonly path: readonly string[];
  /** Steps nobody has a duration for; counted as 0, so the figure is at least this. */
  readonly unknown: readonly string[];
}

export interface CriticalPathSpan {
  /** Count only what comes after this node has finished, for instance the gate. */
  readonly after?: string;
  /** Stop when this node has finished, for instance the step that marks `serving`. */
  readonly until?: string;
}

/**
 * The longest chain of waiting through a plan. Pure.
 * @param durations seconds by step id, as past executions in the same environment took them; what the author expects
 * stands in for steps without one, and people's time at gates counts as 0 unless given.
 */
export function criticalPath(
  plan: Plan,
  durations: Readonly<Record<string, number>>,
  span: CriticalPathSpan = {},
): CriticalPath {
  const finish = new Map<string, { readonly seconds: number; readonly path: readonly string[] }>();
  const unknown: string[] = [];
  const within = nodesWithin(plan, span);
  for (const node of plan.nodes.filter((candidate) => within.has(candidate.id))) {
    const own = durations[node.id] ?? (node.kind === 'step' ? node.expectSeconds : 0);
    if (own === undefined) unknown.push(node.id);
    const latest = longest(node.after.flatMap((id) => finish.get(id) ?? []));
    finish.set(node.id, { seconds: latest.seconds + (own ?? 0), path: [...latest.path, node.id] });
  }
  const end = span.until ? finish.get(span.until) : undefined;
  return { ...(end ?? longest([...finish.values()])), unknown };
}

interface Chain {
  readonly seconds: number;
  readonly path: readonly string[];
}

const longest = (chains: readonly Chain[]): Chain =>
  chains.reduce((best, chain) => (chain.seconds > best.seconds ? chain : best), chains[0] ?? { seconds: 0, path: [] });

/** Ids of nodes that lie after the one and lead to the other. */
function nodesWithin(plan: Plan, { after, until }: CriticalPathSpan): ReadonlySet<string> {
  const byId = new Map(plan.nodes.map((node) => [node.id, node]));
  const ancestorsOf = (node: PlanNode | undefined): ReadonlySet<string> => {
    const found = new Set<string>();
    const waiting = [...(node?.after ?? [])];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (found.has(id)) continue;
      found.add(id);
      waiting.push(...(byId.get(id)?.after ?? []));
    }
    return found;
  };
  const leading = until === undefined ? null : ancestorsOf(byId.get(until));
  return new Set(
    plan.nodes
      .filter((node) => after === undefined || ancestorsOf(node).has(after))
      .filter((node) => leading === null || node.id === until || leading.has(node.id))
      .map((node) => node.id),
  );
}
