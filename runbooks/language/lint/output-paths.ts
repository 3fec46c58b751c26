import type { PlanNode, Reference } from '../../../domain/plan.ts';
import { outputSchema } from '../contract-digest.ts';
import type { Draft } from '../draft.ts';
import { EXECUTION, referencesIn } from '../reference.ts';
import { fieldsAt, hasPath } from '../schema-path.ts';
import type { Rule } from './rule.ts';

export const outputPaths: Rule = {
  id: 'output-paths',
  says: 'A reference names a field that the step it reads really gives.',
  check: (draft) =>
    draft.nodes.flatMap((node) =>
      referencesOf(node).flatMap((reference) => {
        const says = complaint(draft, node, reference);
        return says ? [{ node: node.id, says }] : [];
      }),
    ),
};

function referencesOf(node: PlanNode): readonly Reference[] {
  if (node.kind === 'gate') return node.bounds.map((bound) => bound.fact);
  const inside = [...referencesIn(node.input), ...referencesIn(node.undo?.input)].map(({ reference }) => reference);
  return node.when ? [...inside, node.when] : inside;
}

function complaint(draft: Draft, node: PlanNode, { $ref: [source, ...path] }: Reference): string | null {
  if (source === EXECUTION) return complaintAboutExecution(node, path.join('.'));
  const producer = draft.nodes.find((node) => node.id === source);
  if (!producer) return null;
  if (producer.kind === 'gate') return `it reads ${source}, a gate, which gives no output`;
  const action = draft.contracts.get(producer.action);
  const schema = action && outputSchema(action);
  if (hasPath(schema, path)) return null;
  const fields = fieldsAt(schema, path.slice(0, -1)).join(', ') || 'no fields';
  return `it reads ${[source, ...path].join('.')}, but ${producer.action} gives ${fields}`;
}

/** The outcome is known when everything else has ended, to steps that always run. */
function complaintAboutExecution(node: PlanNode, field: string): string | null {
  if (field === 'id') return null;
  if (field !== 'outcome') return `it reads ${field} of the execution, which gives only id and outcome`;
  return node.kind === 'step' && node.always
    ? null
    : 'it reads how the execution ends, which only a step that always runs can know';
}
