import { readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ObservedAttempt } from '../../lab/observer/observed-attempt.ts';
import { readAttempts } from '../../lab/observer/read-attempts.ts';
import { readRows } from '../../lab/observer/read-rows.ts';
import { verdict } from '../../lab/observer/verdict.ts';
import { addressIn, behind, HOST, PORT, PUBLIC_NAME, writerName } from '../../lab/topology.ts';
import { writeUnderLease } from '../../lease/participant.ts';
import { answered, BookingLab, end, http, LEASE_TTL_MS, NEW, OLD, until } from './booking-lab.ts';

const booking = (id: string, more: object = {}) => ({ id, practitioner: 'dr-who', vantage: 'test', ...more });

let lab: BookingLab;
beforeAll(async () => {
  lab = await BookingLab.open();
});
afterEach(() => lab.killAll());
afterAll(() => lab?.close());

test('books once, answers a repeated request with the same booking, and finds it again', async () => {
  const pod = await lab.pod(OLD, 0);
  const first = await answered(pod.at, 'POST', '/bookings', booking('a-1', { number: 7 }));
  expect([first.status, first.body]).toEqual([201, { id: 'a-1', region: OLD, epoch: 1 }]);
  expect([first.headers['x-served-by'], first.headers['x-epoch']]).toEqual([OLD, '1']);
  const again = await answered(pod.at, 'POST', '/bookings', booking('a-1', { number: 8 }));
  expect([again.status, again.body]).toEqual([200, first.body]);
  await answered(pod.at, 'POST', '/bookings', booking('a-2', { number: 12, canary: true }));
  const found = await answered(pod.at, 'GET', '/bookings/a-1');
  expect(found.body).toMatchObject({ id: 'a-1', practitioner: 'dr-who', number: 7, region: OLD });
  const newest = await answered(pod.at, 'GET', '/bookings/newest?practitioner=dr-who&vantage=test');
  expect(newest.body).toEqual({ id: 'a-2', number: 12, region: OLD });
  expect((await answered(pod.at, 'GET', '/bookings/newest?practitioner=nobody')).status).toBe(404);
  expect((await answered(pod.at, 'GET', '/bookings/nowhere')).status).toBe(404);
});

test('says which field of a malformed booking is wrong', async () => {
  const pod = await lab.pod(OLD, 0);
  const refused = await http(pod.at, 'POST', '/bookings', { id: 'b-1' });
  expect([refused.status, refused.body]).toEqual([400, { error: 'practitioner must be text' }]);
  expect((await http(pod.at, 'POST', '/bookings', booking('b-1', { number: 1.5 }))).status).toBe(400);
});

test('keeps bookings out of its log', async () => {
  const pod = await lab.pod(OLD, 0);
  await answered(pod.at, 'POST', '/bookings', booking('secret-booking', { practitioner: 'dr-secret' }));
  await answered(pod.at, 'GET', '/bookings/secret-booking');
  await until('both are logged', async () => pod.log().split('"served"').length > 2);
  expect(pod.log()).toContain('/bookings/{id}');
  expect(pod.log()).not.toContain('secret');
});

test('a standby’s pod is ready, reads, and refuses to write', async () => {
  const [old, standby] = await Promise.all([lab.pod(OLD, 0), lab.pod(NEW, 0)]);
  await answered(old.at, 'POST', '/bookings', booking('c-1'));
  await until('it is replicated', async () => (await http(standby.at, 'GET', '/bookings/c-1')).status === 200);
  const refused = await http(standby.at, 'POST', '/bookings', booking('c-2'));
  expect([refused.status, refused.headers['x-served-by']]).toEqual([503, NEW]);
  expect(refused.body.error).toContain('lease');
});

test('the front door shares requests out over the pods that are ready, and over no others', async () => {
  const pods = await Promise.all([0, 1].map((index) => lab.pod(OLD, index)));
  const door = behind(lab.at.regions[OLD].frontDoor);
  lab.spawn('front-door/main.ts', {
    region: OLD,
    ...door,
    pods: { host: addressIn(OLD, HOST.pods), portsFrom: lab.base + PORT.pods, count: 30 },
    localAddress: addressIn(OLD, HOST.frontDoor),
  });
  const ready = async () => (await http(door, 'GET', '/readyz')).body.ready;
  await until('the door sees both pods', async () => (await ready()) === 2);
  let sent = 0;
  const book = async () => {
    sent += 1;
    return http(door, 'POST', '/bookings', booking(`d-${sent}`));
  };
  const logged = () => pods.map((pod) => pod.log().split('"POST"').length - 1);
  // A pod that a busy machine kept from its checks is taken out for a moment: then the next four count.
  await until('four requests are shared out evenly', async () => {
    const [one, other] = logged() as [number, number];
    const served = await Promise.all([book(), book(), book(), book()]);
    if (served.some(({ status, headers }) => status !== 201 || headers['x-served-by'] !== OLD)) return false;
    await until('all four are logged', async () => logged().reduce((sum, count) => sum + count) >= one + other + 4);
    expect(logged()).toEqual([one + 2, other + 2]);
    return true;
  });

  pods[0]!.child.kill('SIGSTOP');
  await until('the frozen pod is taken out', async () => (await ready()) === 1);
  // In turn, one of two would go to the frozen pod if that were still on the list.
  await until('bookings go to the other alone', async () => {
    const served = await Promise.all([book(), book()]);
    return served.every(({ status }) => status === 201);
  });
  pods[0]!.child.kill('SIGCONT');
  await until('the woken pod is back', async () => (await ready()) === 2);

  await pods[0]!.stop();
  const straight = await Promise.all([book(), book(), book()]);
  expect(straight.map((answer) => answer.status)).toEqual([201, 201, 201]);
  await pods[1]!.stop();
  await until('no pod is ready', async () => (await http(door, 'GET', '/readyz')).status === 503);
  expect((await book()).status).toBe(503);
  expect((await http(door, 'POST', '/lab/freeze-next-commit')).status).toBe(404);
});

test('the front door gives up on a pod that took a request and does not answer, and sends it to no other', async () => {
  const pods = await Promise.all([0, 1].map((index) => lab.pod(OLD, index)));
  const door = behind(lab.at.regions[OLD].frontDoor);
  lab.spawn('front-door/main.ts', {
    region: OLD,
    ...door,
    pods: { host: addressIn(OLD, HOST.pods), portsFrom: lab.base + PORT.pods, count: 2 },
    localAddress: addressIn(OLD, HOST.frontDoor),
  });
  await until('both pods are seen', async () => (await http(door, 'GET', '/readyz')).body.ready === 2);
  for (const pod of pods) await http(pod.at, 'POST', '/lab/freeze-next-commit');
  const answer = await answered(door, 'POST', '/bookings', booking('e-1'));
  expect([answer.status, String(answer.body.error)]).toEqual([502, expect.stringContaining('outcome unknown')]);
  await until('the pod that took it has stopped itself', async () => states(pods).includes('stopped'));
  // Had the other pod been sent it too, that one would have frozen as well.
  expect(states(pods)).toContain('running');
});

test('ends in order when asked, and at once when its parent goes', async () => {
  const pods = await Promise.all([0, 1].map((index) => lab.pod(OLD, index)));
  expect((await lab.lease.writers()).map((writer) => writer.id)).toContain('booking-eu-west-1-0');
  expect(await end(pods[0]!.child, 'SIGTERM')).toBe(0);
  expect((await lab.lease.writers()).map((writer) => writer.id)).not.toContain('booking-eu-west-1-0');
  pods[1]!.child.disconnect();
  await until('it has ended', async () => pods[1]!.child.exitCode !== null);
});

test('finds a promoted database behind its name, and the observer’s records tell who wrote twice', async () => {
  const [honest, liar] = await Promise.all([lab.pod(OLD, 0), lab.pod(OLD, 1, { honoursLease: false })]);
  await answered(honest.at, 'POST', '/bookings', booking('f-before'));
  await http(honest.at, 'POST', '/lab/freeze-next-commit');
  const frozen = http(honest.at, 'POST', '/bookings', booking('f-frozen'));
  await until('it stopped itself before COMMIT', async () => states([honest])[0] === 'stopped');

  await lab.lease.advance(NEW, 1);
  await new Promise((resolve) => setTimeout(resolve, LEASE_TTL_MS));
  await lab.database.promote(NEW);
  const next = await lab.pod(NEW, 0);
  expect((await answered(next.at, 'POST', '/bookings', booking('f-after'))).body['region']).toBe(NEW);

  honest.child.kill('SIGCONT');
  const woken = await frozen;
  expect([woken.status, String(woken.body.error)]).toEqual([503, expect.stringContaining('write lease')]);
  expect((await http(honest.at, 'POST', '/bookings', booking('f-late'))).status).toBe(503);
  const judged = async () =>
    verdict({
      attempts: [],
      newRegion: NEW,
      surviving: await readRows(behind(lab.at.regions[NEW].database)),
      old: await readRows(behind(lab.at.regions[OLD].database)),
    });
  expect((await judged()).dualWriterRows).toEqual([]);

  expect((await answered(liar.at, 'POST', '/bookings', booking('f-twice'))).body['region']).toBe(OLD);
  const caught = await judged();
  expect([caught.dualWriterInstants, caught.dualWriterRows[0]?.id]).toEqual([1, 'f-twice']);

  // The name of the old cluster now leads to the promoted one; pods find it without a restart.
  await lab.lease.advance(OLD, 2);
  const record = { name: writerName(OLD), type: 'A' as const, ttlSeconds: 1 };
  lab.zone.apply([{ action: 'UPSERT', record: { ...record, values: [lab.at.regions[NEW].database.host] } }]);
  await lab.database.kill(OLD);
  await answered(honest.at, 'POST', '/bookings', booking('f-found'));
  const ids = (await readRows(behind(lab.at.regions[NEW].database))).map((row) => row.id);
  expect(ids).toContain('f-found');
  expect(ids).not.toContain('f-frozen');
});

test('the outside observer follows the public name, the inside one keeps the address it got first', async () => {
  const doors = await Promise.all(
    ([OLD, NEW] as const).map(async (region) => {
      await lab.pod(region, 0, { honoursLease: false, databaseHost: writerName(lab.database.writer) });
      const at = { host: addressIn(region, HOST.frontDoor), port: lab.base + PORT.frontDoor };
      const pods = { host: addressIn(region, HOST.pods), portsFrom: lab.base + PORT.pods, count: 1 };
      lab.spawn('front-door/main.ts', { region, ...at, pods, localAddress: at.host });
      await until(`the door of ${region} is ready`, async () => (await http(at, 'GET', '/readyz')).status === 200);
      return at;
    }),
  );
  const watch = (kind: 'outside' | 'inside') => {
    const log = path.join(lab.dir, `observer-${kind}.jsonl`);
    lab.spawn('observer/main.ts', {
      kind,
      log,
      name: PUBLIC_NAME,
      port: lab.base + PORT.frontDoor,
      resolver: lab.at.resolver,
      localAddress: addressIn(kind === 'outside' ? 'outside' : OLD, HOST.observer),
      intervalMs: 100,
      timeoutMs: 1_000,
    });
    return () => readAttempts(log);
  };
  const [outside, inside] = [watch('outside'), watch('inside')];
  const servedBy = (attempts: readonly ObservedAttempt[], region: string) =>
    attempts.some((each) => each.servedBy === region);
  await until('both book', async () => servedBy(outside(), OLD) && servedBy(inside(), OLD));
  const record = { name: PUBLIC_NAME, type: 'A' as const, ttlSeconds: 1, values: [doors[1]!.host] };
  lab.zone.apply([{ action: 'UPSERT', record }]);
  await until('the outside one is served elsewhere', async () => servedBy(outside(), NEW));
  const insideBefore = inside().length;
  await until('the inside one has gone on', async () => inside().length > insideBefore + 5);
  expect(servedBy(inside(), NEW)).toBe(false);

  // Written down as they end, and the observer goes on: looked at in the order they began, and before the rows are.
  const attempts = [...outside()].sort((one, other) => one.seq - other.seq);
  const acknowledged = attempts.filter((each) => each.ok);
  const [first] = acknowledged;
  expect(first).toMatchObject({ ok: true, servedBy: OLD, error: null, id: `obs-outside-${first!.seq}` });
  // On a grid of 100 ms, of which ticks are left out and never made up for: the first may be late by one, the last early.
  const [begun, last] = [attempts[0]!, attempts.at(-1)!];
  expect(last.at - begun.at).toBeGreaterThan((last.seq - begun.seq - 2) * 100);
  const booked = (await readRows(behind(lab.at.regions[lab.database.writer].database))).map((row) => row.id);
  expect(booked).toEqual(expect.arrayContaining(acknowledged.map((each) => each.id)));
});

test('a write under the lease is bounded even where the database has a longer bound of its own', async () => {
  const { host, port } = behind(lab.at.regions[lab.database.writer].database);
  const client = new pg.Client({ host, port, user: 'postgres', options: '-c transaction_timeout=1h' });
  // The database closes the connection after it has said why, which nobody listens for any more by then.
  client.on('error', () => undefined);
  await client.connect();
  const held = { holds: () => true, millisecondsLeft: () => 400, epoch: 1 };
  // Unbounded it would end by itself, and be committed.
  const write = writeUnderLease(held, client, () => client.query('select pg_sleep(5)'));
  await expect(write).rejects.toMatchObject({ shape: { code: 'DR_LEASE_NOT_HELD' } });
  await client.end().catch(() => undefined);
});

/** Whether each pod's process is stopped by a signal, from the kernel's own table. */
function states(pods: readonly { readonly child: { readonly pid?: number | undefined } }[]): readonly string[] {
  return pods.map(({ child }) => {
    const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] === 'T' ? 'stopped' : 'running';
  });
}
