import type { ExecutionRequest } from '../../../domain/execution.ts';
import type { Plan } from '../../../domain/plan.ts';
import type { Configuration, Service } from '../../../domain/service.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { regionFailover } from '../../../runbooks/region-failover.ts';

/** Where the story takes place, and what the one on call asks for. The plan is the real one. */

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
