import type { ExecutionRequest, ExecutionSnapshot, StepRecord } from '../../../domain/execution.ts';
import type { Plan } from '../../../domain/plan.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { snapshotCopy } from '../../../runbooks/snapshot-copy.ts';
import { service } from './story-setting.ts';
import { blank } from './story-steps.ts';
import { during, told } from './story-timeline.ts';

/** The day's copy: asked for by its schedule, live, and no validation is due. */

export const copyPlan: Plan = compilePlan({ runbook: snapshotCopy, service, parameters: {} });
const EXECUTION = 'sc-20261121-0330-d4e5f6';
const at = (time: string): string => `2026-11-21T${time}Z`;
const copied = `${EXECUTION}-copy-1`;

const request: ExecutionRequest = {
  executionId: EXECUTION,
  runbook: 'snapshot-copy',
  service: 'booking',
  parameters: {},
  mode: 'live',
  purpose: 'scheduled',
  reason: 'schedule snapshot-copy',
  requestedBy: 'schedule:snapshot-copy',
  requestedAt: at('03:30:00.000'),
  planDigest: null,
  signed: null,
  schedule: 'snapshot-copy',
};

const chosen = {
  snapshot: 'rds:booking-ew1-2026-11-21-02-14',
  snapshotArn: 'arn:aws:rds:eu-west-1:123456789012:cluster-snapshot:rds:booking-ew1-2026-11-21-02-14',
  dataTime: at('02:14:09.000'),
  encrypted: true,
  sizeBytes: 12_884_901_888,
  snapshotSeconds: null,
};

const STEPS = {
  'choose-snapshot': { seconds: 0.4, output: chosen },
  copy: {
    seconds: 371,
    output: {
      snapshot: copied,
      snapshotArn: `arn:aws:rds:eu-west-3:123456789012:cluster-snapshot:${copied}`,
      attempts: 1,
      copyRequestedAt: at('03:30:00.800'),
      copiedAt: at('03:36:11.000'),
      copySeconds: 370.2,
      firstFailure: null,
    },
  },
  verify: {
    seconds: 0.3,
    output: {
      snapshot: copied,
      status: 'available',
      kmsKey: 'arn:aws:kms:eu-west-3:123456789012:key/3',
      allocatedGigabytes: 12,
      dataTime: at('02:14:09.000'),
      verifiedAt: at('03:36:12.000'),
    },
  },
  'validation-due': { seconds: 0.2, output: { due: false, sinceLast: 3, every: 7 } },
  'measure-exposure': { seconds: 0.2, output: { copy: { exposureSeconds: 4_930 } } },
  prune: {
    seconds: 0.8,
    output: {
      pruned: ['sc-20261118-0330-x1y2z3-copy-1'],
      kept: [{ snapshot: copied, because: 'newest' }],
      prunedAt: at('03:36:13.000'),
    },
  },
  'remove-leftovers': { seconds: 0.4, output: { removed: [], leftAlone: [], leftoversRemovedAt: at('03:36:14.000') } },
  'clean-up': {
    seconds: 0.5,
    output: { removed: [], leftAlone: [], remaining: [], looked: 2, cleanedUpAt: at('03:36:15.000') },
  },
  'notify-end': {
    seconds: 0.3,
    output: { taken: ['https://hooks.example.com/booking'], notTaken: [], notifiedAt: at('03:36:15.300') },
  },
} as const;

const REASON = { reason: 'a copy: no service was down for it' };
const whole = told(copyPlan, request, STEPS, {
  actual: {
    rtoSeconds: null,
    rpo: null,
    notMeasured: { rto: REASON, rpo: REASON },
    method: 'data time of the newest usable copy',
    resolutionSeconds: null,
    disruptedAt: null,
    detectedAt: null,
    servingAt: null,
    vantage: null,
    samples: null,
    databaseLagEstimateSeconds: null,
    copy: {
      copySeconds: 370.2,
      dataTime: at('02:14:09.000'),
      exposureSeconds: 4_930,
      worstExposureSeconds: 91_300,
      newestCopy: copied,
    },
  },
});

/** Steps that only a validation needs are skipped for one reason. */
export const copyDone: ExecutionSnapshot = {
  ...whole,
  steps: whole.steps.map(
    (step): StepRecord =>
      step.state === 'not_executed'
        ? { ...blank(step.id), state: 'skipped', because: 'its condition does not hold' }
        : step,
  ),
};

export const copying: ExecutionSnapshot = during(copyDone, 'copy');
export const whileCopying = new Date(at('03:33:00.000'));
