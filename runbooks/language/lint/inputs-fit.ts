import type { z } from 'zod';
import type { Json } from '../../../domain/json.ts';
import type { ActionUse, PlanStep } from '../../../domain/plan.ts';
import { type Draft, mayLackFor } from '../draft.ts';
import { isReferenceData, referencesIn } from '../reference.ts';
import type { Breach, Rule } from './rule.ts';

export const inputsFit: Rule = {
  id: 'inputs-fit',
  says: 'An input fits its contract as far as it is known now, also when steps that may end without an output gave none.',
  check: (draft) =>
    draft.steps.flatMap((step) => [...unfit(draft, step, step), ...(step.undo ? unfit(draft, step, step.undo) : [])]),
};

function unfit(draft: Draft, step: PlanStep, use: ActionUse): readonly Breach[] {
  const input = withoutOptional(draft, step, use.input);
  const parsed = draft.contracts.get(use.action)?.input.safeParse(input);
  if (!parsed || parsed.success) return [];
  return parsed.error.issues
    .filter((issue) => !concernsReference(issue, input))
    .map((issue) => ({
      node: step.id,
      says: `input of ${use.action}: ${issue.path.join('.') || 'input'}: ${issue.message}`,
    }));
}

/** The input as it is when every step that may end without an output did. */
function withoutOptional(draft: Draft, reader: PlanStep, json: Json): Json {
  if (typeof json !== 'object' || json === null || isReferenceData(json)) return json;
  if (Array.isArray(json))
    return json.map((item: Json) => (isOptional(draft, reader, item) ? null : withoutOptional(draft, reader, item)));
  const entries = Object.entries(json).filter(([, inner]) => inner !== undefined && !isOptional(draft, reader, inner));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutOptional(draft, reader, inner as Json)]));
}

function isOptional(draft: Draft, reader: PlanStep, json: Json): boolean {
  if (!isReferenceData(json)) return false;
  const source = draft.steps.find((step) => step.id === json.$ref[0]);
  return source !== undefined && mayLackFor(reader, source);
}

/** What a reference will stand for is parsed when it is resolved, so nothing is held against it here. */
function concernsReference(issue: z.core.$ZodIssue, input: Json): boolean {
  let value: Json | undefined = input;
  for (const key of issue.path) {
    if (isReferenceData(value)) return true;
    value =
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, Json | undefined>)[key] : undefined;
  }
  return isReferenceData(value) || (issue.code === 'invalid_union' && referencesIn(value).length > 0);
}
