import type { Plan, PlanNode } from '../../domain/plan.ts';

/** The plan as a Mermaid flow chart: who waits for whom, without arrows that others imply. */
export function stepGraph(plan: Plan): string {
  const arrows = plan.nodes.flatMap((node) => directlyBefore(plan, node).map((before) => `  ${before} --> ${node.id}`));
  return ['flowchart TD', ...plan.nodes.map((node) => `  ${shape(node)}`), ...arrows].join('\n');
}

function shape(node: PlanNode): string {
  if (node.kind === 'gate') return `${node.id}{{"${node.id}<br/>people decide"}}`;
  if (node.effect === 'irreversible') return `${node.id}[["${node.id}<br/>irreversible"]]`;
  if (node.effect === 'change') return `${node.id}["${node.id}<br/>change${node.undo ? ' ↺' : ''}"]`;
  return `${node.id}("${node.id}")`;
}

function directlyBefore(plan: Plan, node: PlanNode): readonly string[] {
  return node.after.filter((id) => !node.after.some((other) => other !== id && waitsFor(plan, other, id)));
}

function waitsFor(plan: Plan, id: string, earlier: string): boolean {
  const after = plan.nodes.find((node) => node.id === id)?.after ?? [];
  return after.includes(earlier) || after.some((between) => waitsFor(plan, between, earlier));
}
