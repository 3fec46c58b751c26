import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { RestorableWindow } from '../../lab/backup/backups.ts';
import { segmentsBetween } from '../../lab/backup/wal-segment.ts';
import { book, type SqlClient } from '../../lab/booking/bookings.ts';
import { Connection } from '../../lab/database/connection.ts';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { type Endpoint, PROTECTED, RECOVERY } from '../../lab/topology.ts';
import {
  ask,
  type BackupsLab,
  BOOKING,
  clockOf,
  idsIn,
  kept,
  openBackupsLab,
  PATIENT,
  pause,
  restorable,
  writerOf,
  writeSteadily,
} from './backups-lab.ts';

// Each restore starts a real server: a second on an idle machine, several beside other tests.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let lab: BackupsLab;
let restored: string[] = [];
let atFirst: RestorableWindow | null;

beforeAll(async () => {
  lab = await openBackupsLab({ standby: false });
  // At once: the first base backup is being made from now on.
  atFirst = await lab.backups.window(PROTECTED);
});
afterAll(() => lab.close());
afterEach(async () => {
  await deleteRestored();
  expect(await kept(lab, 'clusters', PROTECTED)).toEqual([]);
});

/** A running server as the database was at an instant. */
async function openAt(instant: Date): Promise<Endpoint> {
  const cluster = `restored-${restored.length + 1}`;
  const at = lab.address(PROTECTED, restored.length);
  restored.push(cluster);
  await lab.backups.restoreToPointInTime(PROTECTED, instant, { region: PROTECTED, cluster });
  await lab.backups.startRestored(cluster, at);
  return at;
}

async function deleteRestored(): Promise<void> {
  const clusters = restored;
  restored = [];
  await Promise.all(clusters.map((cluster) => lab.backups.deleteRestored(cluster)));
}

test('nothing is restorable before a base backup is complete, then all from its end to the newest archived heartbeat', async () => {
  expect(atFirst).toBeNull();
  await restorable(lab, PROTECTED);
  const first = (await lab.backups.window(PROTECTED))!;
  expect(first.latest.getTime()).toBeGreaterThan(first.earliest.getTime());
  await restorable(lab, PROTECTED, new Date(first.latest.getTime() + 1));
  const later = (await lab.backups.window(PROTECTED))!;
  expect(later.earliest).toEqual(first.earliest);
  expect(await lab.backups.window(RECOVERY)).toBeNull();
  await openAt(later.latest);
  await openAt(later.earliest);
  await expect(openAt(new Date(first.earliest.getTime() - 1))).rejects.toThrow(/no base backup from before/);
});

test('20 of 20 random instants: the last row before is there, the first after is not', async () => {
  const writer = writeSteadily(writerOf(lab), 'row', () => 15 + Math.random() * 30);
  await writer.more(80);
  const rows = await writer.stop();
  await restorable(lab, PROTECTED, await clockOf(lab));

  const milliseconds: number[] = [];
  const tryOne = async (): Promise<void> => {
    const last = Math.floor(Math.random() * (rows.length - 1));
    const from = Math.ceil(rows[last]!.at);
    const instant = new Date(from + Math.floor(Math.random() * (Math.ceil(rows[last + 1]!.at) - from)));
    const begun = performance.now();
    const at = await openAt(instant);
    milliseconds.push(Math.round(performance.now() - begun));
    const expected = rows.slice(0, last + 1).map(({ id }) => id);
    expect(await idsIn(at, 'row-%'), instant.toISOString()).toEqual(expected);
  };
  for (let pair = 0; pair < 10; pair += 1) {
    await Promise.all([tryOne(), tryOne()]);
    await deleteRestored();
  }
  expect(milliseconds).toHaveLength(20);
  console.log(`restores, two at a time, took ${milliseconds.join(', ')} ms`);
});

test('a row that was deleted after the instant is back, and the copy is a database of its own', async () => {
  await ask(writerOf(lab), BOOKING, ['deleted']);
  const before = await clockOf(lab);
  await pause(5);
  await ask(writerOf(lab), `delete from bookings where id = 'deleted'`);
  await restorable(lab, PROTECTED, before);
  const copy = await openAt(before);
  expect(await idsIn(copy, 'deleted')).toEqual(['deleted']);
  expect(
    await ask(
      copy,
      `select current_setting('archive_mode') as archive, current_setting('primary_conninfo') as upstream,
         pg_is_in_recovery() as recovering`,
    ),
  ).toEqual([{ archive: 'off', upstream: '', recovering: false }]);
  await ask(copy, BOOKING, ['only in the copy']);
  expect(await idsIn(writerOf(lab), 'only%')).toEqual([]);

  const autopsy = await lab.backups.openCopyOfRestored(restored[0]!);
  expect(await idsIn(autopsy.endpoint, 'only%')).toEqual(['only in the copy']);
  await autopsy.close();
});

test('damage that was ordered is in the next restored database only', async () => {
  const instant = (await lab.backups.window(PROTECTED))!.latest;
  await lab.backups.fault({
    kind: 'damage-next-restore',
    sql: `
      delete from bookings where id = 'row-0';
      insert into reminders (booking_id, channel) values ('nobody', 'email');
      update pg_index set indisready = false where indexrelid = 'bookings_newest'::regclass;
      ${BOOKING.replace('$1', `'not in the index'`)};
      update pg_index set indisready = true where indexrelid = 'bookings_newest'::regclass;`,
  });
  const orphans = `select r.id from reminders r left join bookings b on b.id = r.booking_id where b.id is null`;
  const indexAgrees = `select bt_index_check('bookings_newest', heapallindexed => true)`;
  const damaged = await openAt(instant);
  expect(await ask(damaged, orphans)).toHaveLength(1);
  expect(await idsIn(damaged, 'row-0')).toEqual([]);
  await expect(ask(damaged, indexAgrees)).rejects.toThrow(/lacks matching index tuple/);
  for (const whole of [await openAt(instant), writerOf(lab)]) {
    expect(await ask(whole, orphans)).toEqual([]);
    expect(await idsIn(whole, 'row-0')).toEqual(['row-0']);
    await ask(whole, indexAgrees);
  }
});

test('a booking and its reminder are one; a canary has none, and asking twice reminds once', async () => {
  const session = await Connection.open(writerOf(lab));
  const client = {
    query: async (sql: string, values?: readonly unknown[]) => ({ rows: await session.query(sql, values) }),
  };
  const booking = { id: 'reminded', practitioner: 'reminders', slot: null, vantage: null, number: null, canary: false };
  const by = { region: 'test', epoch: 1 };
  for (const request of [booking, booking, { ...booking, id: 'canary', canary: true }]) {
    await book(client as unknown as SqlClient, request, by);
  }
  expect(
    await session.query(`select booking_id, channel, r.created_at >= b.created_at as later
      from reminders r join bookings b on b.id = booking_id where practitioner = 'reminders'`),
  ).toEqual([{ booking_id: 'reminded', channel: 'email', later: true }]);
  await session.close();
});

test.each(['missing-segment', 'corrupt-archive'] as const)(
  'a recovery that %s cuts short is an error and leaves nothing',
  async (kind) => {
    const { latest } = (await lab.backups.window(PROTECTED))!;
    await restorable(lab, PROTECTED, new Date(latest.getTime() + 1));
    await lab.backups.fault({ kind });
    const after = await clockOf(lab);
    await restorable(lab, PROTECTED, after);
    await expect(openAt(after)).rejects.toThrow(/recovery ended before configured recovery target was reached/);
    expect(await kept(lab, 'clusters', PROTECTED)).toEqual([]);
    if (kind === 'missing-segment') await goRound(after);
  },
);

/** Newer base backups do: with two of them what is damaged is no longer in the window. */
async function goRound(damaged: Date): Promise<void> {
  const bases = async () => (await kept(lab, 'bases', PROTECTED)).map((name) => Number(name.replace('base-', '')));
  const before = Math.max(...(await bases()));
  lab.baseBackupEvery = 0;
  const second = async () => Math.max(...(await bases())) === before + 2;
  await waitUntil('the second begins, so the first is complete', second, PATIENT);
  lab.baseBackupEvery = 600_000;
  // And no other is under way, which would spare the next test's restore what that test spoils.
  await waitUntil('the second is complete too', async () => (await bases()).length === 2, PATIENT);
  const moved = async () => ((await lab.backups.window(PROTECTED))?.earliest ?? 0) > damaged;
  await waitUntil('the window has moved on', moved, PATIENT);
  const healed = await clockOf(lab);
  await restorable(lab, PROTECTED, healed);
  await openAt(healed);
  expect(await bases()).toEqual([before + 1, before + 2]);
}

test('names log segments across the end of a file’s number', () => {
  expect(segmentsBetween('000000020000000000000FFE', '000000020000000100000001')).toEqual([
    '000000020000000000000FFE',
    '000000020000000000000FFF',
    '000000020000000100000000',
    '000000020000000100000001',
  ]);
});
