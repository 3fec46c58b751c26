import { LifeboatError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Service } from '../../domain/service.ts';
import { buildDraft } from './build-draft.ts';
import { contractDigest } from './contract-digest.ts';
import { canonicalDigest } from './digest.ts';
import { type Finding, findingText } from './finding.ts';
import { lintDraft } from './lint/lint-draft.ts';
import { parseParameters } from './parse-parameters.ts';
import type { Runbook } from './runbook.ts';
import { topologicalOrder } from './topological-order.ts';

export interface PlanRequest {
  readonly runbook: Runbook;
  readonly service: Service;
  readonly parameters: Readonly<Record<string, Json>>;
}

/**
 * Makes the plan: the runbook built for one service and one set of parameters, checked, ordered and digested. The same
 * request gives the same digest, on any machine and at any time.
 * @throws LifeboatError `DR_PARAMETER_INVALID`, `DR_RUNBOOK_LINT` listing every finding, or what the runbook itself refuses.
 */
export function compilePlan({ runbook, service, parameters }: PlanRequest): Plan {
  const parsed = parseParameters(runbook, parameters);
  const draft = buildDraft(runbook, service, parsed);
  const findings = lintDraft(draft);
  if (findings.length > 0) throw lintError(runbook.id, findings);
  const contracts = [...draft.contracts.values()].map((action) => [action.id, contractDigest(action)] as const);
  const plan = {
    schema: 1,
    runbook: draft.header,
    service: service.name,
    parameters: parsed,
    objectives: service.objectives,
    people: service.people,
    nodes: topologicalOrder(draft.nodes).ordered,
    contracts: Object.fromEntries(contracts.sort(([a], [b]) => (a < b ? -1 : 1))),
  } as const;
  // Through JSON, so that what was digested is what a workflow, a record or a screen will see.
  const data = JSON.parse(JSON.stringify(plan)) as Omit<Plan, 'digest'>;
  return deepFreeze({ ...data, digest: canonicalDigest(data as unknown as Json) });
}

function lintError(runbookId: string, findings: readonly Finding[]): LifeboatError {
  const texts = findings.map(findingText);
  const message = `${runbookId} breaks ${texts.length === 1 ? 'a safety rule' : `${texts.length} safety rules`}: ${texts.join('; ')}`;
  return new LifeboatError('DR_RUNBOOK_LINT', message, {
    field: findings[0]?.node ?? 'runbook',
    actual: findings.map((finding) => ({ ...finding })),
    remedy: `Correct the runbook, then: lifeboat runbook lint ${runbookId}`,
  });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner);
    Object.freeze(value);
  }
  return value;
}
