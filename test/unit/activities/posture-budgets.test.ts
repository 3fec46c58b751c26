import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callFailure, providerName } from '../../../activities/clients/call-failure.ts';
import { KubernetesClient } from '../../../activities/clients/kubernetes-client.ts';
import { selects } from '../../../activities/clients/label-selector.ts';

describe('a label selector', () => {
  const labels = { app: 'booking', tier: 'front' };

  it.each([
    ['equal labels', { matchLabels: { app: 'booking' } }, true],
    ['another value', { matchLabels: { app: 'search' } }, false],
    ['a label that is missing', { matchLabels: { app: 'booking', zone: 'a' } }, false],
    [
      'one of several values',
      { matchExpressions: [{ key: 'app', operator: 'In', values: ['search', 'booking'] }] },
      true,
    ],
    ['none of several values', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['booking'] }] }, false],
    ['a value that is missing', { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
    ['a label that is there', { matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, true],
    ['a label that must not be there', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
    ['nothing, which is everything', {}, true],
    ['an operator nobody knows', { matchExpressions: [{ key: 'tier', operator: 'Gt', values: ['1'] }] }, false],
  ])('that asks for %s', (_what, selector, expected) => {
    expect(selects(selector, labels)).toBe(expected);
  });

  it('that is not there chooses nothing', () => {
    expect(selects(undefined, labels)).toBe(false);
  });
});

const budget = (name: string, app: string) => ({ metadata: { name }, spec: { selector: { matchLabels: { app } } } });

/** A cluster whose only deployment is `booking`, and which may not serve budgets. */
async function cluster(budgets: readonly object[] | null): Promise<KubernetesClient> {
  const answers: Readonly<Record<string, object | null>> = {
    '/apis/apps/v1/namespaces/booking/deployments/booking': {
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name: 'booking' },
      spec: { replicas: 3, template: { metadata: { labels: { app: 'booking' } } } },
    },
    '/apis/policy/v1/namespaces/booking/poddisruptionbudgets': budgets && {
      kind: 'PodDisruptionBudgetList',
      apiVersion: 'policy/v1',
      items: budgets,
    },
  };
  const server = createServer((request, response) => {
    const body = answers[request.url ?? ''] ?? null;
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { kind: 'Status', code: 404 }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const folder = await mkdtemp(join(tmpdir(), 'budgets-'));
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, 'reader');
  const { port } = server.address() as AddressInfo;
  return new KubernetesClient({ server: `http://127.0.0.1:${port}`, tokenFile, deployments: [] }, undefined);
}

describe('disruption budgets of a deployment', () => {
  it('are those whose selector chooses its pods', async () => {
    const client = await cluster([budget('keeps-booking', 'booking'), budget('keeps-search', 'search')]);
    expect(await client.disruptionBudgets('booking', 'booking')).toEqual(['keeps-booking']);
  });

  it('are none where none chooses them', async () => {
    expect(await (await cluster([])).disruptionBudgets('booking', 'booking')).toEqual([]);
  });

  it('are told apart from a cluster that serves none', async () => {
    const client = await cluster(null);
    const failed = await client.disruptionBudgets('booking', 'booking').catch((caught: unknown) => caught);
    expect(providerName(callFailure(failed, 'budgets'))).toBe('404');
  });
});
