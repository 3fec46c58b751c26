import type { ExecutionView } from '../../../client/lifeboat-client.ts';
import { errorShape } from '../../../domain/errors.ts';
import type { ExecutionRequest, ExecutionSnapshot, GateRecord, StepRecord } from '../../../domain/execution.ts';
import type { Json } from '../../../domain/json.ts';
import { planGates, planSteps } from '../../../domain/plan.ts';
import { canonicalDigest } from '../../../runbooks/language/digest.ts';
import { at, EXECUTION, plan, request } from './story-setting.ts';
import { blank, finished, outputs, running } from './story-steps.ts';

export { at, configuration, EXECUTION, plan, request, service } from './story-setting.ts';

/** One bad night, as the engine would tell it at its moments. */

const facts = Object.fromEntries(planGates(plan)[0]!.shows.map((id) => [id, outputs[id] ?? null]));
const bounds: GateRecord['bounds'] = [
  { id: 'loss', says: 'data loss at most 60 s', value: null, verdict: 'unknown' },
  { id: 'standby', says: 'the standby in eu-west-3 can be promoted', value: true, verdict: 'within' },
  { id: 'vantages', says: 'every vantage sees the outage', value: true, verdict: 'within' },
];

export const openGate: GateRecord = {
  id: 'approve-promotion',
  state: 'open',
  openedAt: at('03:16:25.200'),
  closedAt: null,
  round: 1,
  facts,
  factsDigest: canonicalDigest({ facts, bounds: bounds as unknown as Json }),
  bounds,
  approvals: [],
  quorum: 1,
  approvers: ['approver-2', 'approver-3'],
  reopenedBecause: null,
};

const approvedGate: GateRecord = {
  ...openGate,
  state: 'approved',
  closedAt: at('03:17:55.900'),
  approvals: [
    {
      person: 'approver-2',
      decision: 'approve',
      reason: 'INC-2211, unknown loss accepted',
      at: at('03:17:55.900'),
      accepts: ['loss'],
    },
  ],
};

const notReached: GateRecord = {
  ...openGate,
  state: 'not_reached',
  openedAt: null,
  round: 0,
  facts: {},
  factsDigest: null,
  bounds: [],
};

const started: ExecutionSnapshot = {
  version: 40,
  request,
  state: 'running',
  outcome: null,
  error: null,
  plan,
  steps: planSteps(plan).map(({ id }) => blank(id)),
  gates: [notReached],
  marks: { declared: at('03:16:20.000'), started: at('03:16:20.050') },
  objectives: plan.objectives,
  actual: null,
  refusals: [],
  pausedBy: null,
  startedAt: at('03:16:20.050'),
  endedAt: null,
  ledger: { opened: '000000000317', sealed: null, held: 0 },
};

const BEFORE_GATE = [
  'confirm-impact',
  'reach-protected',
  'check-standby',
  'read-lag',
  'check-dns-switch',
  'probe-front-door',
  'read-capacity',
  'check-lease',
  'notify-start',
];

function withSteps(...records: readonly StepRecord[]): readonly StepRecord[] {
  return planSteps(plan).map(({ id }) => records.find((record) => record.id === id) ?? blank(id));
}

/** The gate is open, pods still start, and the asker has tried to approve. */
export const atTheGate: ExecutionSnapshot = {
  ...started,
  state: 'running',
  steps: withSteps(...BEFORE_GATE.map(finished), running('prepare-compute')),
  gates: [openGate],
  refusals: [
    {
      at: at('03:16:40.000'),
      person: 'oncall-1',
      command: 'approve',
      target: 'approve-promotion',
      error: errorShape('DR_APPROVAL_OWN_REQUEST', 'you asked for this execution, so you cannot approve it', {
        remedy: `approvers for booking: approver-2, approver-3. Send them: lifeboat approve ${EXECUTION} --gate approve-promotion`,
      }),
      ledgerEntry: '000000000318',
    },
  ],
};

const approved = { ...started, gates: [approvedGate], marks: { ...started.marks, approved: at('03:17:55.900') } };

/** Promotion is under way; the worker was lost once. */
export const promoting: ExecutionSnapshot = {
  ...approved,
  steps: withSteps(
    ...[...BEFORE_GATE, 'prepare-compute', 'fence-writers', 'confirm-capacity'].map(finished),
    running('promote-database'),
  ),
};

/** Promotion failed and asks people. */
export const promotionFailed: ExecutionSnapshot = {
  ...promoting,
  state: 'step_failed',
  steps: promoting.steps.map((step) => {
    if (step.id !== 'promote-database') return step;
    const error = errorShape(
      'DR_STANDBY_NOT_READY',
      "cluster booking-ew3 is 'modifying', must be 'available' (maintenance since 03:10Z)",
      { field: 'clusterStatus', expected: 'available', actual: 'modifying' },
    );
    return {
      ...step,
      state: 'failed',
      endedAt: at('03:18:02.000'),
      error,
      attempts: [{ ...step.attempts[0]!, endedAt: at('03:18:02.000'), error, observations: 2 }],
      choices: [
        { command: 'retry', possible: true, because: 'safe: nothing was sent' },
        {
          command: 'abort',
          possible: true,
          because: 'past the point of no return: nothing is undone, people take over',
        },
        { command: 'skip', possible: false, because: 'a promote step cannot be skipped' },
      ],
    } satisfies StepRecord;
  }),
};

export const succeeded: ExecutionSnapshot = {
  ...approved,
  version: 97,
  state: 'ended',
  outcome: 'succeeded',
  steps: planSteps(plan).map(({ id }) => finished(id)),
  marks: {
    disrupted: at('03:12:07.412'),
    detected: at('03:12:25.400'),
    declared: at('03:16:20.000'),
    started: at('03:16:20.050'),
    approved: at('03:17:55.900'),
    fenced: at('03:18:00.900'),
    writable: at('03:19:13.600'),
    traffic_shifted: at('03:19:15.000'),
    serving: at('03:21:02.610'),
  },
  actual: {
    rtoSeconds: 535.2,
    rpo: {
      minSeconds: 0.4,
      maxSeconds: 0.5,
      oldestLostAt: at('03:12:07.020'),
      newestSurvivingAt: at('03:12:06.910'),
      lost: 5,
    },
    notMeasured: {},
    method: 'canary only',
    resolutionSeconds: 0.1,
    disruptedAt: at('03:12:07.412'),
    detectedAt: at('03:12:25.400'),
    servingAt: at('03:21:02.610'),
    vantage: 'control',
    samples: {
      path: '/srv/lifeboat/watch/booking/control.jsonl',
      from: at('03:12:00.000'),
      to: at('03:21:05.000'),
      count: 5_421,
    },
    databaseLagEstimateSeconds: 0.62,
  },
  refusals: atTheGate.refusals,
  endedAt: at('03:21:07.200'),
  ledger: { opened: '000000000317', sealed: '000000000321', held: 0 },
};

/** Denied at the gate: what was prepared is undone. */
export const denied: ExecutionSnapshot = {
  ...atTheGate,
  state: 'ended',
  outcome: 'denied',
  error: errorShape('DR_DECLINED', 'approver-3 denied approve-promotion: Ireland is coming back'),
  steps: atTheGate.steps.map((step) =>
    step.id === 'prepare-compute' ? { ...finished('prepare-compute'), state: 'undone', because: 'undone' } : step,
  ),
  gates: [
    {
      ...openGate,
      state: 'denied',
      closedAt: at('03:17:10.000'),
      approvals: [
        {
          person: 'approver-3',
          decision: 'deny',
          reason: 'Ireland is coming back',
          at: at('03:17:10.000'),
          accepts: [],
        },
      ],
    },
  ],
  endedAt: at('03:17:12.000'),
  ledger: { opened: '000000000317', sealed: '000000000320', held: 0 },
};

/** Aborted after promotion had begun: people take over. */
export const handedOver: ExecutionSnapshot = {
  ...promotionFailed,
  state: 'ended',
  outcome: 'handed_over',
  error: errorShape('DR_DECLINED', 'aborted past the point of no return (oncall-1: we go by hand): nothing was undone'),
  steps: promotionFailed.steps.map((step) =>
    step.id === 'promote-database' ? { ...step, choices: [], because: 'the execution was aborted' } : step,
  ),
  endedAt: at('03:20:00.000'),
  ledger: { opened: '000000000317', sealed: '000000000322', held: 0 },
};

const dryRequest: ExecutionRequest = { ...request, mode: 'dry_run', planDigest: null, reason: 'dry run' };

const PREDICTED: Readonly<Record<string, string>> = {
  'notify-start': '1 webhook is told',
  'prepare-compute': 'booking has 1 replica, must have 3',
  'fence-writers': 'eu-west-1 holds epoch 41; then the old lease is waited out for 4.5 s',
  'promote-database': 'the writer is in eu-west-1, must be in eu-west-3',
  'probe-write': 'no row of this execution is there',
  'shift-traffic': 'the switch stands on protected, must stand on recovery',
  'confirm-serving': 'waits until the name answers 198.51.100.10 and canaries are served from eu-west-3 for 3 s',
  'notify-end': '1 webhook is told',
};

function dryStep(id: string): StepRecord {
  const record = { ...finished(id), attempts: [] };
  if (id === 'measure-actual') {
    return { ...record, state: 'cannot_be_predicted', output: null, because: 'only samples taken afterwards can tell' };
  }
  const because = PREDICTED[id];
  return because === undefined ? { ...record, state: 'checked' } : { ...record, state: 'predicted', because };
}

export const ready: ExecutionSnapshot = {
  ...started,
  request: dryRequest,
  state: 'ended',
  outcome: 'ready',
  steps: planSteps(plan).map(({ id }) => dryStep(id)),
  gates: [{ ...openGate, state: 'passed_in_dry_run', openedAt: null, factsDigest: null, round: 0 }],
  endedAt: at('03:16:22.000'),
  ledger: { opened: '000000000315', sealed: '000000000316', held: 0 },
};

/** Nothing is wrong, so the dry run says that there is nothing to fail over from. */
export const blocked: ExecutionSnapshot = {
  ...ready,
  outcome: 'blocked',
  steps: ready.steps.map((step) => {
    if (step.id !== 'confirm-impact') return step;
    const error = errorShape(
      'DR_IMPACT_NOT_CONFIRMED',
      'eu-west-1 answers: 0 misses in a row, expected at least 3; the front door answered 200',
      { expected: 3, actual: 0 },
    );
    return { ...step, state: 'blocked', output: null, calls: [], error, because: error.message } satisfies StepRecord;
  }),
};

export const viewOf = (snapshot: ExecutionSnapshot, progress: ExecutionView['progress'] = []): ExecutionView => ({
  snapshot,
  progress,
  workerSeen: true,
});

export const promotingProgress: ExecutionView['progress'] = [
  {
    stepId: 'promote-database',
    attempt: 2,
    says: 'failing-over: the cluster’s instance is not available yet',
    observations: 31,
    lastFailure: 'activity Heartbeat timeout',
  },
];
