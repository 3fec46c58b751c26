import { errorShape } from '../../../domain/errors.ts';
import type { ExecutionRequest, ExecutionSnapshot, StepRecord } from '../../../domain/execution.ts';
import type { Json } from '../../../domain/json.ts';
import { type Plan, planSteps } from '../../../domain/plan.ts';
import type { Finding } from '../../../runbooks/actions/posture/findings.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { posture } from '../../../runbooks/posture.ts';
import { service } from './story-setting.ts';
import { told } from './story-timeline.ts';

/** A morning on which not everything is as it should be. */

const posturePlan: Plan = compilePlan({ runbook: posture, service, parameters: {} });
const LOOKED_AT = '2026-11-21T07:00:02.000Z';

const request: ExecutionRequest = {
  executionId: 'po-20261121-0700-h7i8',
  runbook: 'posture',
  service: 'booking',
  parameters: {},
  mode: 'dry_run',
  purpose: 'maintenance',
  reason: 'posture',
  requestedBy: 'oncall-1',
  requestedAt: '2026-11-21T07:00:00.000Z',
  planDigest: null,
  signed: null,
};

const finding = (id: string, what: string, more: Partial<Finding> = {}): Finding => ({
  id,
  verdict: 'fine',
  severity: 'critical',
  what,
  why: 'It matters on the night it counts.',
  remedy: '',
  ...more,
});

const FOUND: Readonly<Record<string, readonly Finding[]>> = {
  backups: [
    finding('backups:on', 'automated backups of booking-ew1 are on'),
    finding('backups:retention', 'backups are kept 7 days, at least 7 declared'),
    finding('backups:restorable', 'restorable up to 40 s ago (at most 6 min)'),
    finding('backups:copy-age', 'eu-west-3 holds no copy', {
      verdict: 'finding',
      why: 'When the region and its backups are both gone, the service comes back with the newest copy and nothing younger.',
      remedy: 'Make a copy now: lifeboat start snapshot-copy --service booking --purpose maintenance --reason posture',
    }),
  ],
  standby: [
    finding('standby:connected', 'booking-ew3 is connected, the writer is in eu-west-1'),
    finding('standby:lag', 'how far the standby is behind: unknown, last calculated 40 s ago', {
      verdict: 'unknown',
      why: 'What the standby has not received when the region is lost is lost for good.',
      remedy: 'Find out why nothing answers there, then look again: lifeboat posture',
    }),
  ],
  protection: [
    finding('protection:zones:eu-west-1', 'booking-ew1 has 1 available instance in 1 availability zone', {
      verdict: 'finding',
      severity: 'warning',
      why: 'With one instance, or all in one zone, the loss of that zone is an outage until a new instance is made.',
      remedy: 'Add an instance to booking-ew1 in another availability zone.',
    }),
  ],
  parameters: [finding('parameters:equal', 'both groups are set alike')],
  dns: [finding('dns:records', 'the failover records are there'), finding('dns:ttl', 'answers may be cached 60 s')],
  compute: [
    finding('compute:budget:eu-west-1:booking/booking', 'whether a budget keeps booking: unknown, it is not served', {
      verdict: 'unknown',
      severity: 'warning',
      why: 'Without a budget an upgrade of nodes may take all pods of a service away at once.',
      remedy: 'Look at its API server.',
    }),
  ],
  evidence: [finding('evidence:writable', 'the evidence store takes entries')],
  leftovers: [finding('leftovers:eu-west-1', 'no execution left anything behind in eu-west-1')],
};

const steps = Object.fromEntries(
  planSteps(posturePlan).map(({ id }) => {
    const output = { findings: FOUND[id] ?? [], lookedAt: LOOKED_AT } as unknown as Json;
    return [id, { seconds: 0.6, output }];
  }),
);
const answered = told(posturePlan, request, steps, { outcome: 'blocked' });
const DRILLS_UNREAD = errorShape('DR_INTERNAL', 'the ledger index is missing');
const DR_POSTURE = errorShape('DR_POSTURE', '1 critical: eu-west-3 holds no copy');

/** One area could not be looked at at all; the verdict is refused. */
export const postureBad: ExecutionSnapshot = {
  ...answered,
  steps: answered.steps.map((step): StepRecord => {
    const dry = { ...step, attempts: [] };
    if (step.id === 'drills') {
      return {
        ...dry,
        state: 'cannot_be_predicted',
        output: null,
        error: DRILLS_UNREAD,
        because: DRILLS_UNREAD.message,
      };
    }
    if (step.id === 'verdict') {
      return { ...dry, state: 'blocked', output: null, error: DR_POSTURE, because: DR_POSTURE.message };
    }
    return { ...dry, state: 'checked' };
  }),
};

const fineOnly = (output: Json): Json => {
  const { findings } = output as unknown as { findings: readonly Finding[] };
  return { findings: findings.filter(({ verdict }) => verdict === 'fine'), lookedAt: LOOKED_AT } as unknown as Json;
};

export const postureFine: ExecutionSnapshot = {
  ...answered,
  outcome: 'ready',
  steps: answered.steps.map(
    (step): StepRecord => ({
      ...step,
      attempts: [],
      state: 'checked',
      output: step.id === 'verdict' ? { fine: 9, warnings: [], lookedAt: LOOKED_AT } : fineOnly(step.output),
    }),
  ),
};
