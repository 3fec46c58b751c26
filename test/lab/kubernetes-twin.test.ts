import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppsV1Api, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { CallLog } from '../../lab/aws/call-log.ts';
import { KubernetesTwin, type PodController } from '../../lab/kubernetes/kubernetes-twin.ts';
import { addressIn, HOST, NAMESPACE, RECOVERY } from '../../lab/topology.ts';
import { freePort } from './free-port.ts';
import { loggedCalls } from './logged-calls.ts';

const TOKEN = 'lifeboat-execute';
const BOOKING = { name: 'booking', namespace: NAMESPACE };
const MERGE = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);

/** Pods that become ready when the test says so. */
class Pods implements PodController {
  replicas = 1;
  ready = 1;
  scale(_region: string, replicas: number): void {
    this.replicas = replicas;
    this.ready = Math.min(this.ready, replicas);
  }
  status() {
    return { replicas: this.replicas, ready: this.ready, pids: [] };
  }
}

let folder: string;
let log: CallLog;
let pods: Pods;
let twin: KubernetesTwin;
let at: { host: string; port: number };
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lifeboat-kubernetes-'));
  log = new CallLog(join(folder, 'calls.jsonl'));
  pods = new Pods();
  twin = new KubernetesTwin({ pods, log, token: TOKEN });
  const host = addressIn(RECOVERY, HOST.kubernetes);
  at = { host, port: await freePort(host) };
  await twin.listen(RECOVERY, at);
});
afterEach(async () => {
  await twin.close();
  rmSync(folder, { recursive: true, force: true });
});

function client(token = TOKEN): AppsV1Api {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [{ name: 'lab', server: `http://${at.host}:${at.port}`, skipTLSVerify: true }],
    users: [{ name: 'lab', token }],
    contexts: [{ name: 'lab', cluster: 'lab', user: 'lab' }],
    currentContext: 'lab',
  });
  return config.makeApiClient(AppsV1Api);
}

const calls = () => loggedCalls(log.path);

const observed = async () => {
  const { metadata, status } = await client().readNamespacedDeployment(BOOKING);
  return status!.observedGeneration! >= metadata!.generation!;
};

/** The Status object an API error carries. */
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ code: 200 }),
    // The client drops the body of a 401.
    (error: { code: number; body?: string }) => ({ ...(JSON.parse(error.body ?? '{}') as object), code: error.code }),
  );

/** A request as the real client would never send it. */
function raw(method: string, contentType: string, body: string, query = ''): Promise<number> {
  const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/booking/scale${query}`;
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': contentType };
  return new Promise((resolve, reject) => {
    const sent = request({ ...at, method, path, headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', reject).end(body);
  });
}

test('a merge patch scales, the controller sees it a moment later, and pods become ready after that', async () => {
  const before = await client().readNamespacedDeployment(BOOKING);
  expect(before.spec!.replicas).toBe(1);
  const scaled = await client().patchNamespacedDeploymentScale({ ...BOOKING, body: { spec: { replicas: 3 } } }, MERGE);
  expect(scaled.spec!.replicas).toBe(3);
  const at0 = await client().readNamespacedDeployment(BOOKING);
  expect(at0.metadata!.generation).toBe(before.metadata!.generation! + 1);
  expect([at0.spec!.replicas, at0.status!.readyReplicas, at0.status!.unavailableReplicas]).toEqual([3, 1, 2]);
  await expect.poll(observed, { timeout: 15_000 }).toBe(true);
  pods.ready = 3;
  const after = await client().readNamespacedDeployment(BOOKING);
  expect([after.status!.readyReplicas, after.status!.unavailableReplicas]).toEqual([3, undefined]);
  expect(Number(after.metadata!.resourceVersion)).toBeGreaterThan(Number(at0.metadata!.resourceVersion));
});

test('says a changed specification is not observed at first', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(1_000);
  onTestFinished(() => clock.mockRestore());
  await client().patchNamespacedDeploymentScale({ ...BOOKING, body: { spec: { replicas: 2 } } }, MERGE);
  expect(await observed()).toBe(false);
  clock.mockReturnValue(1_050);
  expect(await observed()).toBe(true);
});

test('asking for the number there is changes neither generation nor version', async () => {
  const before = await client().readNamespacedDeployment(BOOKING);
  await client().patchNamespacedDeploymentScale({ ...BOOKING, body: { spec: { replicas: 1 } } }, MERGE);
  const { metadata } = await client().readNamespacedDeployment(BOOKING);
  expect(metadata).toEqual(before.metadata);
});

test('takes strategic merge and JSON patches, and a replaced Scale', async () => {
  const strategic = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
  await client().patchNamespacedDeploymentScale({ ...BOOKING, body: { spec: { replicas: 2 } } }, strategic);
  expect(pods.replicas).toBe(2);
  const operations = [
    { op: 'test', path: '/spec/replicas', value: 2 },
    { op: 'replace', path: '/spec/replicas', value: 4 },
  ];
  await client().patchNamespacedDeploymentScale({ ...BOOKING, body: operations });
  expect(pods.replicas).toBe(4);
  const scale = await client().readNamespacedDeploymentScale(BOOKING);
  scale.spec!.replicas = 0;
  const replaced = await client().replaceNamespacedDeploymentScale({ ...BOOKING, body: scale });
  expect([pods.replicas, replaced.spec!.replicas]).toEqual([0, undefined]);
  const list = await client().listNamespacedDeployment({ namespace: NAMESPACE });
  expect(list.items.map((item) => [item.metadata!.name, item.spec!.replicas])).toEqual([['booking', 0]]);
});

test('refuses what a real API server refuses, and changes nothing', async () => {
  const body = { spec: { replicas: 9 } };
  expect(await refusal(client('nobody').readNamespacedDeployment(BOOKING))).toMatchObject({ code: 401 });
  expect(await refusal(client().readNamespacedDeployment({ ...BOOKING, name: 'nope' }))).toMatchObject({
    code: 404,
    kind: 'Status',
    reason: 'NotFound',
    message: 'deployments.apps "nope" not found',
  });
  expect(await refusal(client().readNamespacedDeployment({ ...BOOKING, namespace: 'other' }))).toMatchObject({
    code: 404,
  });
  // The client's default content type is JSON patch, which an object is not.
  expect(await refusal(client().patchNamespacedDeploymentScale({ ...BOOKING, body }))).toMatchObject({ code: 400 });
  expect(await raw('PATCH', 'application/json', JSON.stringify(body))).toBe(415);
  expect(await raw('PUT', 'application/merge-patch+json', JSON.stringify(body))).toBe(415);
  expect(await raw('PATCH', 'application/merge-patch+json', '{"spec":{"replicas":-1}}')).toBe(422);
  expect(await raw('PATCH', 'application/merge-patch+json', '{"spec":{"replicas":"9"}}')).toBe(400);
  expect(await raw('PATCH', 'application/merge-patch+json', '{"spec":')).toBe(400);
  expect(
    await raw('PATCH', 'application/merge-patch+json', '{"metadata":{"resourceVersion":"0"},"spec":{"replicas":9}}'),
  ).toBe(409);
  expect(await raw('DELETE', 'application/json', '')).toBe(405);
  expect(pods.replicas).toBe(1);
});

test('logs every call with who made it, and tells reads and dry runs from changes', async () => {
  await client().readNamespacedDeployment(BOOKING);
  expect(await raw('PATCH', 'application/merge-patch+json', '{"spec":{"replicas":9}}', '?dryRun=All')).toBe(200);
  expect(pods.replicas).toBe(1);
  await client().patchNamespacedDeploymentScale({ ...BOOKING, body: { spec: { replicas: 2 } } }, MERGE);
  await refusal(client('nobody').listNamespacedDeployment({ namespace: NAMESPACE }));
  const common = { region: RECOVERY, service: 'eks' };
  expect(calls()).toMatchObject([
    {
      ...common,
      operation: 'GetDeployment',
      mutating: false,
      principal: TOKEN,
      target: 'booking/booking',
      status: 200,
    },
    { ...common, operation: 'PatchDeploymentScale', mutating: false, status: 200 },
    { ...common, operation: 'PatchDeploymentScale', mutating: true, principal: TOKEN, error: null },
    {
      ...common,
      operation: 'ListDeployments',
      mutating: false,
      principal: 'nobody',
      status: 401,
      error: 'Unauthorized',
    },
  ]);
});
