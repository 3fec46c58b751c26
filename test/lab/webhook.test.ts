import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { addressIn, CONTROL, HOST } from '../../lab/topology.ts';
import { WebhookReceiver } from '../../lab/webhook/webhook-receiver.ts';
import { freePort } from './free-port.ts';

test('keeps every notification that was posted, in order, and takes nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lifeboat-webhook-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const receiver = new WebhookReceiver({ path: join(folder, 'webhook.jsonl') });
  const host = addressIn(CONTROL, HOST.webhook);
  const port = await freePort(host);
  await receiver.listen({ host, port });
  onTestFinished(() => receiver.close());
  const post = (path: string, body: string) => fetch(`http://${host}:${port}${path}`, { method: 'POST', body });
  expect((await post('/hooks/on-call', '{"text":"approve, please"}')).status).toBe(204);
  expect((await post('/', 'plain')).status).toBe(204);
  expect((await fetch(`http://${host}:${port}/`)).status).toBe(405);
  const lines = readFileSync(receiver.path, 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { path: '/hooks/on-call', body: { text: 'approve, please' } },
    { path: '/', body: 'plain' },
  ]);
});
