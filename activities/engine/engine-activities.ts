import type { EngineActivities } from '../../domain/attempt.ts';
import { type ErrorShape, errorShape, shapeOf } from '../../domain/errors.ts';
import type { EvidenceDraft, JournalRecord } from '../../domain/evidence.ts';
import type { ExecutionRequest } from '../../domain/execution.ts';
import type { Json } from '../../domain/json.ts';
import { type Plan, planSteps } from '../../domain/plan.ts';
import type { Person, ServiceSchedule } from '../../domain/service.ts';
import type { SignedStatement, StartStatement, Statement } from '../../domain/statement.ts';
import { scheduleRefusal } from './admit-scheduled.ts';

/** What the engine's own activities stand on, injected by the worker. */
export interface EnginePorts {
  readonly environment: string;
  /** @throws LifeboatError when the runbook, service or parameters do not give a plan. */
  compile(request: Pick<ExecutionRequest, 'runbook' | 'service' | 'parameters'>): Plan;
  /** @throws LifeboatError when the signature is not one of these people's. */
  verify(
    signed: SignedStatement,
    people: readonly Person[],
  ): { readonly person: Person; readonly statement: Statement };
  digest(json: Json): string;
  /** Schedules that the service's configuration declares now. */
  schedules(service: string): readonly ServiceSchedule[];
  appendEvidence(draft: EvidenceDraft): Promise<{ readonly entry: string }>;
  readJournal(executionId: string): Promise<readonly JournalRecord[]>;
  /** Seals what an earlier workflow of this service left open without ending well. */
  sealInterrupted(service: string, except: string): Promise<void>;
}

/** Admission, verification, digests and evidence. */
export function engineActivities(ports: EnginePorts): EngineActivities {
  return {
    'engine.admit': async (request) => {
      const { environment } = ports;
      let plan: Plan | null = null;
      // Housekeeping: with the evidence store down it waits for the next start, a failover must not.
      await ports.sealInterrupted(request.service, request.executionId).catch(() => undefined);
      try {
        plan = ports.compile(request);
        const error = refusalOf(request, plan, ports);
        return error ? { admitted: false, error, plan, environment } : { admitted: true, plan, environment };
      } catch (caught) {
        // Compiling is pure: what failed once would fail for ever, so it is a refusal, even when it is our own defect.
        return { admitted: false, error: shapeOf(caught), plan, environment };
      }
    },
    'engine.verifyStatement': async ({ signed, people }) => {
      try {
        const { person, statement } = ports.verify(signed, people);
        return { verified: true, person: person.id, statement };
      } catch (caught) {
        return { verified: false, error: shapeOf(caught), claimedPerson: claimedPerson(signed) };
      }
    },
    'engine.digest': async (json) => ports.digest(json),
    'engine.appendEvidence': async ({ draft, journal }) => {
      if (!journal) return ports.appendEvidence(draft);
      const records = await ports.readJournal(draft.executionId);
      const artefact = { name: 'journal', json: records as unknown as Json };
      return ports.appendEvidence({ ...draft, artefacts: [...draft.artefacts, artefact] });
    },
  };
}

/** Why a request must not run although it compiles. */
function refusalOf(request: ExecutionRequest, plan: Plan, ports: EnginePorts): ErrorShape | null {
  if (request.planDigest !== null && request.planDigest !== plan.digest) {
    return errorShape('DR_PLAN_CHANGED', 'the plan is not the one that was shown', {
      field: 'planDigest',
      expected: request.planDigest,
      actual: plan.digest,
    });
  }
  if (request.mode === 'dry_run') return null;
  if (request.mode === 'drill') {
    const never = planSteps(plan).find((step) => step.drill === 'never');
    if (never) {
      return errorShape('DR_MODE_FORBIDDEN', `${never.id} must never run in a drill`, {
        field: 'mode',
        actual: 'drill',
      });
    }
  }
  if (!request.signed && request.schedule) {
    return scheduleRefusal(request, plan, { declared: ports.schedules(request.service), digest: ports.digest });
  }
  if (!request.signed) {
    return errorShape('DR_SIGNATURE_INVALID', `a ${request.mode} execution must be signed by whoever asks for it`);
  }
  const { person, statement } = ports.verify(request.signed, plan.people);
  return sameRequest(statement, request, person.id);
}

function sameRequest(statement: Statement, request: ExecutionRequest, person: string): ErrorShape | null {
  const signed = statement as StartStatement;
  const fields = [
    'executionId',
    'runbook',
    'service',
    'mode',
    'purpose',
    'reason',
    'planDigest',
    'parameters',
  ] as const;
  const differs = fields.find((field) => JSON.stringify(signed[field]) !== JSON.stringify(request[field]));
  if (statement.type !== 'start' || differs || person !== request.requestedBy) {
    return errorShape('DR_SIGNATURE_INVALID', 'what was signed is not what is asked for', {
      field: statement.type !== 'start' ? 'type' : (differs ?? 'requestedBy'),
    });
  }
  return null;
}

/** Who an unverified statement says it is from; for the record of the refusal only. */
function claimedPerson(signed: SignedStatement): string {
  try {
    const { person } = JSON.parse(Buffer.from(signed.payload, 'base64').toString('utf8')) as { person?: unknown };
    return typeof person === 'string' ? person.slice(0, 64) : 'unknown';
  } catch {
    return 'unknown';
  }
}
