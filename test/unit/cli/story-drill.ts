import { errorShape } from '../../../domain/errors.ts';
import type { ExecutionRequest, ExecutionSnapshot, StepRecord } from '../../../domain/execution.ts';
import type { Plan } from '../../../domain/plan.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { pitrRestoreDrill } from '../../../runbooks/pitr-restore-drill.ts';
import { service } from './story-setting.ts';
import { blank } from './story-steps.ts';
import { during, told } from './story-timeline.ts';

/** A quarter's rehearsal: asked for by its schedule, and it passes. */

export const drillPlan: Plan = compilePlan({ runbook: pitrRestoreDrill, service, parameters: {} });
const EXECUTION = 'pr-20261006-0700-a1b2c3';
const at = (time: string): string => `2026-10-06T${time}Z`;

const request: ExecutionRequest = {
  executionId: EXECUTION,
  runbook: 'pitr-restore-drill',
  service: 'booking',
  parameters: {},
  mode: 'drill',
  purpose: 'scheduled',
  reason: 'schedule pitr-restore',
  requestedBy: 'schedule:pitr-restore',
  requestedAt: at('07:00:00.000'),
  planDigest: null,
  signed: null,
  schedule: 'pitr-restore',
};

const table = (name: string, rows: number) => ({
  table: name,
  settledBefore: at('07:00:02.000'),
  rows,
  buckets: [{ from: null, rows, checksum: 'ab12' }],
});

const bookmark = {
  region: 'eu-west-1',
  cluster: 'booking-ew1',
  at: '2026-10-06T07:00:07.123456Z',
  taken: 'exact',
  tables: [table('bookings', 48_000), table('reminders', 211)],
  sequences: [{ sequence: 'reminders_id_seq', table: 'reminders', column: 'id', highestInUse: '211' }],
  schemaFingerprint: 'c0ffee',
  newestCanaries: [{ vantage: 'control', number: 91_200, writtenAt: at('07:00:06.800') }],
  sizeBytes: 12_884_901_888,
};
const check = (id: string, verdict: 'passed' | 'failed' | 'noticed' | 'not_run', expected: number, found: number) => ({
  id,
  says: id,
  verdict,
  expected,
  found,
});
const cluster = `${EXECUTION}-db`;

const STEPS = {
  'remove-leftovers': {
    seconds: 1,
    output: { removed: [], leftAlone: [], leftoversRemovedAt: at('07:00:01.000') },
  },
  bookmark: { seconds: 6.2, output: bookmark },
  'await-restorable': {
    seconds: 141,
    output: {
      restoreTo: at('07:00:08.000'),
      earliestAt: '2026-09-29T06:58:00.000Z',
      latestAt: at('07:00:31.000'),
      firstLookAt: at('07:00:07.300'),
      latestAtFirstLook: at('06:57:40.000'),
    },
  },
  restore: {
    seconds: 612,
    output: {
      cluster,
      clusterArn: `arn:aws:rds:eu-west-1:123456789012:cluster:${cluster}`,
      restoreRequestedAt: at('07:02:28.400'),
      restoredAt: at('07:12:40.000'),
    },
    calls: [
      {
        service: 'rds',
        operation: 'RestoreDBClusterToPointInTime',
        region: 'eu-west-1',
        target: `booking-ew1 → ${cluster}`,
        input: {},
      },
    ],
  },
  'check-placement': {
    seconds: 0.4,
    output: {
      subnetGroup: 'booking-isolated',
      securityGroups: ['sg-0a1b2c3d4e5f60001'],
      parameterGroup: 'booking-aurora-postgresql18',
      kmsKey: 'arn:aws:kms:eu-west-1:123456789012:key/1',
      encrypted: true,
    },
  },
  'create-instance': {
    seconds: 411,
    output: {
      cluster,
      instance: `${cluster}-1`,
      endpoint: `${cluster}.cluster.example.com`,
      port: 5432,
      instanceAvailableAt: at('07:19:31.000'),
    },
  },
  validate: {
    seconds: 21.5,
    output: {
      validatedAt: at('07:19:53.100'),
      checks: [
        check('rows:bookings', 'passed', 48_000, 48_000),
        check('rows:reminders', 'passed', 211, 211),
        check('foreign-key:reminders_booking_id_fkey', 'passed', 0, 0),
        check('index:bookings_pkey', 'not_run', 0, 0),
      ],
      passed: 3,
      rowsExpected: 48_211,
      rowsFound: 48_211,
      newestCanaryAt: at('07:00:07.700'),
      sizeBytes: 12_884_901_888,
    },
  },
  'measure-restore': { seconds: 0.2, output: { restore: { restoreSeconds: 1_044.7 } } },
  'clean-up': {
    seconds: 96,
    output: {
      removed: [`instance/${cluster}-1`, `cluster/${cluster}`],
      leftAlone: [],
      remaining: [],
      looked: 3,
      cleanedUpAt: at('07:21:29.000'),
    },
  },
  'notify-end': {
    seconds: 0.3,
    output: { taken: ['https://hooks.example.com/booking'], notTaken: [], notifiedAt: at('07:21:30.000') },
  },
} as const;

const REASON = { reason: 'a drill: no service was down for it' };

export const drillPassed: ExecutionSnapshot = told(drillPlan, request, STEPS, {
  marks: {
    declared: at('07:00:00.000'),
    started: at('07:00:00.000'),
    restore_requested: at('07:02:28.400'),
    restored: at('07:19:31.000'),
    validated: at('07:19:53.100'),
  },
  actual: {
    rtoSeconds: null,
    rpo: null,
    notMeasured: { rto: REASON, rpo: REASON },
    method: 'restore',
    resolutionSeconds: null,
    disruptedAt: null,
    detectedAt: null,
    servingAt: null,
    vantage: null,
    samples: null,
    databaseLagEstimateSeconds: null,
    restore: {
      requestedAt: at('07:02:28.400'),
      validatedAt: at('07:19:53.100'),
      restoreSeconds: 1_044.7,
      restoredTo: at('07:00:08.000'),
      recoveryPointSeconds: 147.3,
      precisionSeconds: 0.3,
      sizeBytes: 12_884_901_888,
      bytesPerSecond: 12_333_590,
    },
  },
});

/** The instance is being made; the clock of the restore runs. */
export const drillRestoring: ExecutionSnapshot = during(drillPassed, 'create-instance', {
  marks: { declared: at('07:00:00.000'), started: at('07:00:00.000'), restore_requested: at('07:02:28.400') },
});
export const whileRestoring = new Date(at('07:16:00.000'));

const invalid = errorShape(
  'DR_VALIDATION_FAILED',
  'the restored database is not what the source was: rows:bookings: 48000 expected, 47988 found',
  { expected: 48_000, actual: 47_988 },
);

/** Rows are missing: it fails, and what it restored is removed all the same. */
export const drillFailed: ExecutionSnapshot = {
  ...drillPassed,
  outcome: 'failed',
  error: { ...invalid, message: `validate: ${invalid.message}` },
  actual: null,
  marks: drillRestoring.marks,
  steps: drillPassed.steps.map((step): StepRecord => {
    if (step.id === 'measure-restore') return blank(step.id);
    if (step.id !== 'validate') return step;
    return { ...step, state: 'failed', output: null, error: invalid, because: 'its failure ends the execution' };
  }),
};

export const drillReady: ExecutionSnapshot = {
  ...drillPassed,
  request: { ...request, mode: 'dry_run', purpose: 'exercise', requestedBy: 'oncall-1', schedule: null },
  outcome: 'ready',
  actual: null,
  marks: {},
  steps: drillPassed.steps.map((step): StepRecord => {
    const dry = { ...step, attempts: [] };
    if (['restore', 'create-instance', 'clean-up', 'notify-end'].includes(step.id)) {
      return { ...dry, state: 'predicted', because: 'it is not there yet' };
    }
    if (['check-placement', 'validate', 'measure-restore'].includes(step.id)) {
      return { ...dry, state: 'cannot_be_predicted', output: null, because: 'only a restored cluster can tell' };
    }
    return { ...dry, state: 'checked' };
  }),
};
