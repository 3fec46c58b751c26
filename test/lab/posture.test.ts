import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KMSClient } from '@aws-sdk/client-kms';
import type { RDSClient } from '@aws-sdk/client-rds';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AnyImplementation, AttemptContext } from '../../activities/attempt/implement.ts';
import { named } from '../../activities/clients/call-failure.ts';
import type { Clients, ExecutionLife } from '../../activities/clients/clients.ts';
import { IMPLEMENTATIONS } from '../../activities/registry.ts';
import { planSteps } from '../../domain/plan.ts';
import type { Service } from '../../domain/service.ts';
import { CallLog } from '../../lab/aws/call-log.ts';
import { KmsTwin } from '../../lab/aws/kms/kms-twin.ts';
import {
  addressIn,
  clusterArn,
  clusterId,
  GLOBAL_CLUSTER,
  HOST,
  REGIONS,
  restorePlacement,
} from '../../lab/topology.ts';
import type { Finding } from '../../runbooks/actions/posture/findings.ts';
import { TAG } from '../../runbooks/actions/restore/naming.ts';
import { EXAMPLE_SERVICE } from '../../runbooks/example-service.ts';
import { compilePlan } from '../../runbooks/language/compile-plan.ts';
import { posture } from '../../runbooks/posture.ts';
import { freePort } from './free-port.ts';
import { PLACED, restored, useBackedTwin } from './rds-backups-harness.ts';
import { client, IRELAND, logged, PARIS, twin } from './rds-twin-harness.ts';

/** The looks of a posture against the control planes of the lab, through the real SDK. */

useBackedTwin();

let folder: string;
let kms: KmsTwin;
let keys: Map<string, KMSClient>;
let life: ExecutionLife;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'posture-'));
  kms = new KmsTwin({ log: new CallLog(path.join(folder, 'calls.jsonl')) });
  keys = new Map();
  life = 'running';
  for (const region of REGIONS) {
    const host = addressIn(region, HOST.kms + 100);
    const port = await freePort(host);
    await kms.listen(region, { host, port });
    const credentials = { accessKeyId: 'lifeboat-plan', secretAccessKey: 'none' };
    keys.set(region, new KMSClient({ region, endpoint: `http://${host}:${port}`, credentials, maxAttempts: 1 }));
  }
});

afterEach(async () => {
  for (const each of keys.values()) each.destroy();
  await kms.close();
  rmSync(folder, { recursive: true, force: true });
});

const service: Service = {
  ...EXAMPLE_SERVICE,
  database: {
    ...EXAMPLE_SERVICE.database,
    globalCluster: GLOBAL_CLUSTER,
    regions: Object.fromEntries(
      REGIONS.map((region) => [
        region,
        { cluster: clusterId(region), arn: clusterArn(region), restore: restorePlacement(region) },
      ]),
    ),
  },
};

/** As the worker's own clients do: failures are named, so that "there is none" is told from "it does not answer". */
function naming(made: RDSClient): RDSClient {
  const send = made.send.bind(made) as (command: unknown) => Promise<unknown>;
  return Object.assign(Object.create(made) as RDSClient, {
    send: (command: unknown) => named('rds', send(command)),
  });
}

const clients = {
  rds: (region: typeof IRELAND) => naming(client(region)),
  kms: (region: string) => keys.get(region)!,
  query: async () => [{ lagMs: 120, age: 0.2, calculated: new Date() }],
  executionLife: async () => life,
} as unknown as Clients;

async function look(area: string): Promise<readonly Finding[]> {
  const step = planSteps(compilePlan({ runbook: posture, service, parameters: {} })).find(({ id }) => id === area)!;
  const implementation: AnyImplementation = IMPLEMENTATIONS.find(({ contract }) => contract.id === step.action)!;
  const input = implementation.contract.input.parse(step.input);
  const context = { service, signal: new AbortController().signal } as unknown as AttemptContext;
  const seen = await implementation.observe(clients, input, context);
  const observedAt = new Date().toISOString();
  const surroundings = { executionId: 'po-1', service, mode: 'dry_run', observedAt } as const;
  const decision = implementation.decide(input, seen, null, surroundings);
  if (decision.kind !== 'done') throw new Error(JSON.stringify(decision));
  return implementation.contract.output.parse(decision.output).findings as readonly Finding[];
}

const verdictOf = (findings: readonly Finding[], id: string): string => findings.find((one) => one.id === id)!.verdict;
const told = (findings: readonly Finding[]): readonly string[] =>
  findings.filter(({ verdict }) => verdict !== 'fine').map(({ id, verdict }) => `${id}: ${verdict}`);

it('finds a standby that is connected, close behind and of one version', async () => {
  expect(told(await look('standby'))).toEqual([]);
});

it('finds encryption, keys and deletion protection as declared, and one instance in one zone', async () => {
  expect(told(await look('protection'))).toEqual(REGIONS.map((region) => `protection:zones:${region}: finding`));
  kms.keys.disable(restorePlacement(PARIS).kmsKey!);
  expect(verdictOf(await look('protection'), `protection:key:${PARIS}`)).toBe('finding');
});

it('names a parameter that was changed in one region', async () => {
  expect(told(await look('parameters'))).toEqual([]);
  twin.parameterGroups.set(PARIS, restorePlacement(PARIS).parameterGroup, 'max_connections', '100');
  const [found] = await look('parameters');
  expect(found).toMatchObject({ verdict: 'finding', what: 'max_connections is 400 in eu-west-1 and 100 in eu-west-3' });
});

it('finds backups on and kept long enough, and that there is no copy yet', async () => {
  const findings = await look('backups');
  expect(verdictOf(findings, 'backups:on')).toBe('fine');
  expect(verdictOf(findings, 'backups:retention')).toBe('fine');
  expect(verdictOf(findings, 'backups:copy-age')).toBe('finding');
});

it('finds what an execution restored once that execution has ended, and nothing before', async () => {
  const tags = { [TAG.execution]: 'pr-1', [TAG.service]: 'booking', [TAG.kind]: 'restore' };
  await restored({ ...PLACED, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) });
  expect(told(await look('leftovers'))).toEqual([]);
  life = 'ended';
  const [found] = await look('leftovers');
  expect(found).toMatchObject({ id: `leftovers:${IRELAND}`, verdict: 'finding' });
  expect(found!.what).toContain('cluster/drill-db');
});

it('changes nothing', async () => {
  for (const area of ['backups', 'standby', 'protection', 'parameters', 'leftovers']) await look(area);
  expect(logged().filter(({ mutating }) => mutating)).toEqual([]);
});
