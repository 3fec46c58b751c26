import { type ErrorShape, errorShape } from '../../domain/errors.ts';
import type { ExecutionRequest } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import { type Plan, planGates, planSteps } from '../../domain/plan.ts';
import { askerOf, declarationOf } from '../../domain/schedule-execution.ts';
import type { ServiceSchedule } from '../../domain/service.ts';

/**
 * Why an unsigned request that names a schedule must not run; `null` when it may. Nobody signs what comes by itself, so the
 * configuration must ask for exactly this, and it must be something that needs no person: no traffic moved, no gate,
 * nothing that cannot be undone.
 */
export function scheduleRefusal(
  request: ExecutionRequest,
  plan: Plan,
  now: { readonly declared: readonly ServiceSchedule[]; readonly digest: (json: Json) => string },
): ErrorShape | null {
  const { service, schedule } = request;
  const declared = now.declared.find(({ id }) => id === schedule);
  if (!declared) {
    return refused(`${service} declares no schedule '${schedule}'`, {
      field: 'schedule',
      expected: now.declared.map(({ id }) => id),
      actual: schedule ?? null,
    });
  }
  return differs(request, declared, now.digest) ?? needsPeople(request, plan);
}

function differs(
  request: ExecutionRequest,
  declared: ServiceSchedule,
  digest: (json: Json) => string,
): ErrorShape | null {
  const compared: readonly (readonly [field: string, expected: Json, actual: Json])[] = [
    ['requestedBy', askerOf(declared.id), request.requestedBy],
    ['purpose', 'scheduled', request.purpose],
    ['runbook', declared.runbook, request.runbook],
    ['mode', declared.mode, request.mode],
    ['parameters', declared.parameters as Json, request.parameters as Json],
  ];
  for (const [field, expected, actual] of compared) {
    if (digest(expected) === digest(actual)) continue;
    const message = `schedule '${declared.id}' of ${request.service} declares another ${field} than what it started`;
    return refused(message, { field, expected, actual });
  }
  const declaration = digest(declarationOf(declared));
  if (request.declaration === declaration) return null;
  return refused(
    `schedule '${declared.id}' of ${request.service} was started by a declaration that has changed since`,
    {
      field: 'declaration',
      expected: declaration,
      actual: request.declaration ?? null,
    },
  );
}

function needsPeople(request: ExecutionRequest, plan: Plan): ErrorShape | null {
  const because = reason(plan);
  return because === null
    ? null
    : refused(`${request.runbook} cannot run by itself: ${because}`, {
        field: 'runbook',
        actual: request.runbook,
        remedy: 'A person must start it, signed: lifeboat start …',
      });
}

function reason(plan: Plan): string | null {
  if (plan.runbook.exclusive !== 'none') return 'it moves traffic';
  const [gate] = planGates(plan);
  if (gate) return `people must decide at ${gate.id}`;
  const irreversible = planSteps(plan).find((step) => step.effect === 'irreversible');
  return irreversible ? `${irreversible.id} cannot be undone` : null;
}

const refused = (
  message: string,
  detail: { readonly field: string; readonly expected?: Json; readonly actual: Json; readonly remedy?: string },
): ErrorShape =>
  errorShape('DR_SIGNATURE_INVALID', `${message}, and nobody signed for it`, {
    remedy:
      'Look at the schedule: lifeboat drill ls. A worker brings it in line with the configuration within a minute.',
    ...detail,
  });
