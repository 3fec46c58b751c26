import type { Call } from '../../../domain/action.ts';
import type { StepRecord } from '../../../domain/execution.ts';
import type { Json } from '../../../domain/json.ts';
import { at, EXECUTION } from './story-setting.ts';

/** What each step of the story gives, calls and takes; outputs are of the contracts' shape. */

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

export const blank = (id: string): StepRecord => ({
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

export function finished(id: string): StepRecord {
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

export function running(id: string, since = TIMES[id]![0]): StepRecord {
  return {
    ...blank(id),
    state: 'running',
    startedAt: at(since),
    attempts: [{ number: 1, startedAt: at(since), endedAt: null, error: null, observations: 0 }],
  };
}
