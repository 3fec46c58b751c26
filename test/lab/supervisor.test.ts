import { execFile } from 'node:child_process';
import { Resolver } from 'node:dns/promises';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabHandle, programDir, startLab, takeDown } from '../../lab/lab-handle.ts';
import { readAttempts } from '../../lab/observer/read-attempts.ts';
import { isAlive } from '../../lab/parts/process-tree.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import type { PartStatus } from '../../lab/supervisor/part.ts';
import { addressIn, type Endpoint, endpoints, NAMESPACE, PUBLIC_NAME } from '../../lab/topology.ts';

const OUTSIDE = addressIn('outside', 90);
/** Ends what hangs; nothing waited for here promises to be quick. */
const WAIT = { timeoutMs: 30_000 };
const pidsOf = (parts: readonly PartStatus[]): number[] => [
  ...new Set(parts.flatMap(({ pid }) => (pid === null ? [] : [pid]))),
];

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

function ask(
  to: Endpoint,
  from: string,
  what: { method?: string; path: string; body?: object; headers?: Record<string, string> },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', path, body, headers } = what;
    const sent = request(
      { ...to, localAddress: from, method, path, agent: false, timeout: 5_000, headers },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text || '{}') }));
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('no answer')));
    sent.on('error', reject);
    sent.end(body ? JSON.stringify(body) : '');
  });
}

/** One booking as a stranger makes it: by the public name, from outside. */
async function book(lab: LabHandle, id: string): Promise<Answer> {
  const { resolver, regions } = endpoints(lab.basePort);
  const names = new Resolver({ timeout: 5_000, tries: 2 });
  names.setServers([`${resolver.host}:${resolver.port}`]);
  names.setLocalAddress(OUTSIDE);
  const [host = ''] = await names.resolve4(PUBLIC_NAME);
  const body = { id, practitioner: 'dr-test' };
  return ask({ host, port: regions['eu-west-1'].frontDoor.port }, OUTSIDE, { method: 'POST', path: '/bookings', body });
}

/** Asks again as long as the service says “not now”, which a busy one may; the answer that the booking was made. */
async function booked(lab: LabHandle, id: string): Promise<Answer['body']> {
  let body: Answer['body'] = {};
  const made = async () => {
    const answer = await book(lab, id);
    if (answer.status >= 300) throw new Error(`HTTP ${answer.status} ${String(answer.body['error'])}`);
    body = answer.body;
    return true;
  };
  await waitUntil(`${id} is booked`, made, WAIT);
  return body;
}

function runLab(args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(programDir(), 'lab.js'), ...args], (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr });
    });
  });
}

describe('a lab that is up', () => {
  let lab: LabHandle;
  beforeAll(async () => {
    lab = await startLab({ without: ['temporal', 'worker', 'watch'], durations: { podStart: 300 } });
  });
  afterAll(() => lab?.down());

  test('takes bookings through the public name from outside', async () => {
    expect(await booked(lab, 'first')).toEqual({ id: 'first', region: 'eu-west-1', epoch: 1 });
  });

  test('tells name, place, pid, address and log of every part, and each of those processes runs', async () => {
    const { parts, state } = await lab.status();
    expect(state).toBe('up');
    const places = (name: RegExp) => parts.filter((part) => name.test(part.name)).map((part) => part.place);
    expect(places(/^front-door-/)).toEqual(['eu-west-1', 'eu-west-3']);
    expect(places(/^database-/).sort()).toEqual(['eu-west-1', 'eu-west-3']);
    expect(places(/^booking-eu-west-1-\d$/)).toHaveLength(3);
    expect(places(/^booking-eu-west-3-\d$/)).toHaveLength(1);
    expect(places(/^(rds|s3|kubernetes)-/)).toHaveLength(6);
    expect(places(/^(route53)$/)).toEqual(['us-east-1']);
    expect(places(/^observer-/).sort()).toEqual(['eu-west-1', 'outside']);
    expect(parts.filter((part) => part.pid === null || !isAlive(part.pid))).toEqual([]);
    expect(parts.filter((part) => !existsSync(part.log))).toEqual([]);
  });

  test('refuses a base port of a running lab with code, field, remedy and exit code 5, and leaves nothing', async () => {
    const dir = join(tmpdir(), `lab-refused-${process.pid}`);
    const refused = await runLab(['--dir', dir, 'up', '--base-port', String(lab.basePort)]);
    expect(refused).toMatchObject({ code: 5 });
    expect(refused.output).toMatch(
      /--base-port \d+: 127\.\d+\.\d+\.\d+:\d+ is in use.*\(DR_LAB_PORT_TAKEN\)\n {2}→ Choose/,
    );
    expect(existsSync(join(dir, 'supervisor.json'))).toBe(false);
    rmSync(dir, { recursive: true, force: true });
  });

  test('refuses a second lab in the same folder', async () => {
    await expect(startLab({ dir: lab.dir })).rejects.toMatchObject({
      shape: { code: 'DR_LAB_RUNNING', field: '--dir' },
    });
    expect(await booked(lab, 'after-refusal')).toMatchObject({ id: 'after-refusal' });
  });

  test('notices a process that was killed, shows it, and starts it only when told to', async () => {
    const victim = await lab.part('booking-eu-west-1-2').status();
    process.kill(victim.pid ?? 0, 'SIGKILL');
    const status = () => lab.part('booking-eu-west-1-2').status();
    await waitUntil('it is shown as ended', async () => (await status()).state === 'ended', WAIT);
    expect((await status()).note).toMatch(/^crashed at .* with signal SIGKILL$/);
    expect(await lab.part('booking-eu-west-1-2').start()).toMatchObject({ state: 'running' });
  });

  test('brings pods up when the deployment is scaled, after the time a pod takes', async () => {
    const to = endpoints(lab.basePort).regions['eu-west-3'].kubernetes;
    const from = addressIn('eu-central-1', 5);
    const token = readFileSync(join(lab.dir, 'places', 'eu-west-3', 'kubernetes-token'), 'utf8');
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/booking`;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/merge-patch+json' };
    const begun = performance.now();
    const body = { spec: { replicas: 2 } };
    const scaled = async () => (await ask(to, from, { method: 'PATCH', path: `${path}/scale`, body, headers })).status;
    await waitUntil('the scale is taken', async () => (await scaled()) === 200, WAIT);
    const ready = async () => (await ask(to, from, { path, headers })).body['status'] as { readyReplicas?: number };
    await waitUntil('two pods are ready', async () => (await ready()).readyReplicas === 2, WAIT);
    expect(performance.now() - begun).toBeGreaterThan(300);
    expect(await lab.part('booking-eu-west-3-1').status()).toMatchObject({ state: 'running', place: 'eu-west-3' });
  });

  test('freezes one writer before its commit, and only that one, until it is thawed', async () => {
    const { says } = await lab.fault({ kind: 'freeze-writer', region: 'eu-west-1' });
    const name = /^(booking-eu-west-1-\d)/.exec(says[0] ?? '')?.[1] ?? '';
    const state = async () => (await lab.part(name).status()).state;
    await waitUntil('a booking of the observer froze it', async () => (await state()) === 'frozen', WAIT);
    const others = (await lab.status()).parts.filter((part) => part.name.startsWith('booking-') && part.name !== name);
    expect(others.map((part) => part.state)).not.toContain('frozen');
    expect(await lab.part(name).thaw()).toMatchObject({ state: 'running' });
  });

  test('a partitioned region lives, but holds no lease folder and is reached by nobody, until healed', async () => {
    const { at } = await lab.fault({ kind: 'partition', region: 'eu-west-1' });
    expect(Number.isNaN(Date.parse(at))).toBe(false);
    expect(existsSync(join(lab.dir, 'places', 'eu-west-1', 'lease'))).toBe(false);
    expect(await lab.part('database-eu-west-1').status()).toMatchObject({ state: 'running' });
    await expect(book(lab, 'during-partition')).rejects.toThrow('no answer');
    await lab.heal();
    expect(existsSync(join(lab.dir, 'places', 'eu-west-1', 'lease'))).toBe(true);
    expect(await booked(lab, 'after-partition')).toMatchObject({ region: 'eu-west-1' });
  });

  test('a lost region answers nobody from the instant that is written down, and its processes are dead', async () => {
    const before = (await lab.status()).parts.filter(({ name }) =>
      /^(booking|front-door|database)-eu-west-1/.test(name),
    );
    const { atMs } = await lab.fault({ kind: 'lose', region: 'eu-west-1', as: 'refuse' });
    expect(pidsOf(before).filter(isAlive)).toEqual([]);
    const { files, faults, parts } = await lab.status();
    expect(faults).toEqual(['eu-west-1 lost (refuse)']);
    expect(parts.find(({ name }) => name === 'rds-eu-west-1')?.note).toBe('nobody reaches it');
    // By when they began: an answer that left the link before the cut may be read and written down at any time after.
    // The two processes take their time from different clocks of the machine.
    const since = () => readAttempts(files.observers.outside).filter(({ at }) => at > atMs + 50);
    await waitUntil('the observer tried five times', () => since().length >= 5, WAIT);
    expect(since().filter(({ ok }) => ok)).toEqual([]);
    expect(readFileSync(files.faults, 'utf8')).toContain(`"atMs":${atMs}`);
  });

  test('shows what each side of the database holds, dead or alive', async () => {
    const copies = await lab.autopsy();
    const { default: pg } = await import('pg');
    for (const { host, port } of Object.values(copies)) {
      const client = new pg.Client({ host, port, user: 'postgres', database: 'postgres' });
      await client.connect();
      const { rows } = await client.query("select id from bookings where id = 'first'");
      await client.end();
      expect(rows).toEqual([{ id: 'first' }]);
    }
    await lab.closeAutopsy();
  });

  test('goes down without leaving a process or a folder', async () => {
    const { parts, supervisor } = await lab.status();
    const pids = [...pidsOf(parts), supervisor.pid];
    await lab.down();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(existsSync(lab.dir)).toBe(false);
    await expect(lab.status()).rejects.toMatchObject({ shape: { code: 'DR_LAB_NOT_RUNNING' } });
  });
});

describe('a lab whose supervisor was killed with -9', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'lab-killed-'));
  });
  afterAll(async () => {
    await takeDown(dir);
    rmSync(dir, { recursive: true, force: true });
  });

  test('leaves nothing that the next lab in its folder does not find and end', async () => {
    const without = ['worker', 'watch', 'observers'] as const;
    const killed = await startLab({ dir, without });
    const { supervisor, parts } = await killed.status();
    const pids = pidsOf(parts).filter((pid) => pid !== supervisor.pid);
    process.kill(supervisor.pid, 'SIGKILL');
    await waitUntil('our own programs end by themselves', () => pids.filter(isAlive).length <= 3, WAIT);
    const left = pids.filter(isAlive);
    expect(
      parts
        .filter(({ pid }) => left.includes(pid ?? 0))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['database-eu-west-1', 'database-eu-west-3', 'temporal']);

    const next = await startLab({ dir, without: [...without, 'temporal'] });
    expect(left.filter(isAlive)).toEqual([]);
    expect(await booked(next, 'in-the-next-lab')).toMatchObject({ region: 'eu-west-1' });
    await next.down();
  });
});
