import type { ExecutionView } from '../../../client/lifeboat-client.ts';
import type { Call } from '../../../domain/action.ts';
import { errorShape } from '../../../domain/errors.ts';
import type { ExecutionRequest, ExecutionSnapshot, GateRecord, StepRecord } from '../../../domain/execution.ts';
import type { Json } from '../../../domain/json.ts';
import { type Plan, planGates, planSteps } from '../../../domain/plan.ts';
import type { Configuration, Service } from '../../../domain/service.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { canonicalDigest } from '../../../runbooks/language/digest.ts';
import { regionFailover } from '../../../runbooks/region-failover.ts';

/** One bad night, as the engine would tell it at its moments: the plan is the real one, outputs are of the contracts' shape. */

export const service: Service = {
  ...EXAMPLE_SERVICE,
  watch: {
    ...EXAMPLE_SERVICE.watch,
    vantages: [
      { id: 'control', place: 'eu-central-1' },
      { id: 'eu-west-3', place: 'eu-west-3' },
    ],
  },
};

export const configuration: Configuration = {
  environment: 'lab',
  banner: 'LAB: not AWS; no capacity, quota, IAM or Aurora timing',
  temporal: { address: '127.0.9.60:7008', namespace: 'default', taskQueue: 'lifeboat' },
  control: {
    evidence: '/srv/lifeboat/evidence',
    lease: '/srv/lifeboat/lease',
    watch: '/srv/lifeboat/watch',
    ledgerKey: '/srv/lifeboat/keys/ledger.key.pem',
    ledgerPublicKey: '/srv/lifeboat/keys/ledger.public.pem',
  },
  network: {},
  aws: {},
  services: { booking: service },
};

export const plan: Plan = compilePlan({ runbook: regionFailover, service, parameters: { to: 'eu-west-3' } });
export const EXECUTION = 'fo-20261121-0316-k3ab';

/** `03:12:07.412` of that night. */
export const at = (time: string): string => `2026-11-21T${time}Z`;

export const request: ExecutionRequest = {
  executionId: EXECUTION,
  runbook: 'region-failover',
  service: 'booking',
  parameters: { to: 'eu-west-3' },
  mode: 'live',
  purpose: 'incident',
  reason: 'INC-2211 Ireland is dark',
  requestedBy: 'oncall-1',
  requestedAt: at('03:16:20.000'),
  planDigest: plan.digest,
  signed: null,
};

const deployment = { namespace: 'booking', name: 'booking' };
const participants = ['a', 'b', 'c'].map((id) => ({
  id: `booking-${id}`,
  region: 'eu-west-1',
  epoch: 41,
  renewedAt: at('03:12:06.900'),
  rechecks: true,
  boundsTransactions: true,
}));

export const outputs: Readonly<Record<string, Json>> = {
  'confirm-impact': {
    misses: 251,
    signals: ['canary', 'front door'],
    downSince: at('03:12:07.412'),
    vantages: [
      { id: 'control', place: 'eu-central-1', misses: 251, sees: 'down', lastGoodAt: at('03:12:07.412') },
      { id: 'eu-west-3', place: 'eu-west-3', misses: 249, sees: 'down', lastGoodAt: at('03:12:07.300') },
    ],
    vantagesAgree: true,
    mightBe: ['last deploy 2 days ago'],
  },
  'reach-protected': {
    reachable: false,
    controlPlane: false,
    database: false,
    frontDoor: false,
    because: ['rds: timed out after 2 s', 'database: connection refused', 'front door: timed out'],
    decidedAt: at('03:16:26.000'),
  },
  'check-standby': {
    ready: true,
    because: [],
    engineVersion: '17.4',
    writerRegion: 'eu-west-1',
    globalStatus: 'available',
    clusterStatus: 'available',
    availableInstances: 1,
    synchronization: 'connected',
  },
  'read-lag': {
    lagSeconds: null,
    lastKnownLagSeconds: 0.62,
    readAt: at('03:16:21.100'),
    staleSince: at('03:12:06.900'),
    because: 'the figure is 4 m 14 s old: replication has stopped',
  },
  'check-dns-switch': {
    state: 'protected',
    etag: null,
    records: 'verified',
    ttlSeconds: 300,
    recordedAddresses: { protected: ['192.0.2.10'], recovery: ['198.51.100.10'] },
    warnings: ['TTL is 300 s, wants ≤ 60'],
  },
  'probe-front-door': { ready: true, status: 200, address: '198.51.100.10' },
  'read-capacity': { deployments: [{ ...deployment, replicas: 1, ready: 1 }], missingReplicas: 2 },
  'check-lease': {
    epoch: 41,
    region: 'eu-west-1',
    advancedAt: at('01:00:00.000'),
    participants,
    waitSeconds: 4.5,
    wouldProve: 'lease',
  },
  'notify-start': { taken: ['https://hooks.example.com/booking'], notTaken: [], notifiedAt: at('03:16:22.500') },
  'prepare-compute': { deployments: [{ ...deployment, before: 1, after: 3 }] },
  'fence-writers': { epoch: 42, proved: 'lease', participants, waitedSeconds: 4.5, fencedAt: at('03:18:01.000') },
  'promote-database': {
    writerRegion: 'eu-west-3',
    endpoint: 'booking-ew3.cluster.example.com',
    promotedAt: at('03:19:13.000'),
  },
  'probe-write': { writableAt: at('03:19:13.600'), rowId: EXECUTION },
  'confirm-capacity': { deployments: [{ ...deployment, replicas: 3, ready: 3 }], readyAt: at('03:18:02.000') },
  'probe-front-door-again': { ready: true, status: 200, address: '198.51.100.10' },
  'shift-traffic': { expectedAddress: '198.51.100.10', etag: '"1"', trafficShiftedAt: at('03:19:15.000') },
  'confirm-serving': { servingAt: at('03:21:02.610'), servedBy: 'eu-west-3' },
  'measure-actual': { rtoSeconds: 535.2, rpo: { lost: 5 } },
  'notify-end': { taken: ['https://hooks.example.com/booking'], notTaken: [], notifiedAt: at('03:21:07.000') },
};

const call = (service: string, operation: string, region: string, target: string): Call => ({
  service,
  operation,
  region,
  target,
  input: {},
});

const calls: Readonly<Record<string, readonly Call[]>> = {
  'notify-start': [call('webhook', 'Post', 'control', 'https://hooks.example.com/booking')],
  'prepare-compute': [call('eks', 'PatchDeploymentScale', 'eu-west-3', 'booking/booking 1 → 3')],
  'fence-writers': [call('lease', 'Advance', 'control', 'booking → eu-west-3, epoch 42')],
  'promote-database': [call('rds', 'FailoverGlobalCluster', 'eu-west-3', 'booking-global → booking-ew3')],
  'probe-write': [call('sql', 'Insert', 'eu-west-3', 'one row in lifeboat_probe')],
  'shift-traffic': [call('s3', 'PutObject', 'eu-west-3', 'booking-switch/serve-from-eu-west-3')],
  'notify-end': [call('webhook', 'Post', 'control', 'https://hooks.example.com/booking')],
};

/** Start and end of each step. */
const TIMES: Readonly<Record<string, readonly [string, string]>> = {
  'confirm-impact': ['03:16:20.100', '03:16:20.900'],
  'reach-protected': ['03:16:20.100', '03:16:25.100'],
  'check-standby': ['03:16:20.100', '03:16:20.700'],
  'read-lag': ['03:16:20.100', '03:16:21.200'],
  'check-dns-switch': ['03:16:20.100', '03:16:20.500'],
  'probe-front-door': ['03:16:20.100', '03:16:20.200'],
  'read-capacity': ['03:16:20.100', '03:16:20.300'],
  'check-lease': ['03:16:20.100', '03:16:20.150'],
  'notify-start': ['03:16:21.000', '03:16:22.500'],
  'prepare-compute': ['03:16:21.000', '03:17:02.000'],
  'fence-writers': ['03:17:56.000', '03:18:00.900'],
  'promote-database': ['03:18:01.000', '03:19:13.000'],
  'probe-write': ['03:19:13.100', '03:19:13.600'],
  'confirm-capacity': ['03:18:01.000', '03:18:02.000'],
  'probe-front-door-again': ['03:19:13.700', '03:19:13.900'],
  'shift-traffic': ['03:19:14.000', '03:19:15.000'],
  'confirm-serving': ['03:19:15.100', '03:21:05.700'],
  'measure-actual': ['03:21:05.800', '03:21:06.400'],
  'notify-end': ['03:21:06.500', '03:21:07.100'],
};

const blank = (id: string): StepRecord => ({
  id,
  state: 'not_executed',
  startedAt: null,
  endedAt: null,
  attempts: [],
  calls: [],
  output: null,
  error: null,
  because: null,
  choices: [],
});

function finished(id: string): StepRecord {
  const [from, to] = TIMES[id]!;
  const attempt = { number: 1, startedAt: at(from), endedAt: at(to), error: null, observations: 3 };
  return {
    ...blank(id),
    state: 'done',
    startedAt: at(from),
    endedAt: at(to),
    attempts: [attempt],
    calls: calls[id] ?? [],
    output: outputs[id] ?? null,
  };
}

function running(id: string, since = TIMES[id]![0]): StepRecord {
  return {
    ...blank(id),
    state: 'running',
    startedAt: at(since),
    attempts: [{ number: 1, startedAt: at(since), endedAt: null, error: null, observations: 0 }],
  };
}

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
