import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PROTECTED, RECOVERY, type Region } from '../../lab/topology.ts';
import { ask, type BackupsLab, BOOKING, idsIn, kept, openBackupsLab, restorable, writerOf } from './backups-lab.ts';

// Each restore starts a real server: a second on an idle machine, several beside other tests.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let lab: BackupsLab;

beforeEach(async () => {
  lab = await openBackupsLab({ standby: true });
});
afterEach(() => lab.close());

async function idsAt(source: Region, instant: Date): Promise<readonly string[]> {
  const cluster = `of-${source}`;
  await lab.backups.restoreToPointInTime(source, instant, { region: source, cluster });
  await lab.backups.startRestored(cluster, lab.address(source, 0));
  const ids = await idsIn(lab.address(source, 0), '%');
  await lab.backups.deleteRestored(cluster);
  return ids;
}

test('a promoted region has a window of its own, the lost one keeps its last, and one that returns begins anew', async () => {
  const { backups, database } = lab;
  await restorable(lab, PROTECTED);
  const { earliest } = (await backups.window(PROTECTED))!;
  await ask(writerOf(lab), BOOKING, ['before']);
  await restorable(lab, PROTECTED, new Date(Date.now() + 1));
  await database.kill(PROTECTED);
  const last = (await backups.window(PROTECTED))!;

  await database.promote(RECOVERY);
  expect(await backups.window(RECOVERY)).toBeNull();
  await ask(writerOf(lab), BOOKING, ['after']);
  await restorable(lab, RECOVERY, new Date(Date.now() + 1));
  const after = (await backups.window(RECOVERY))!;
  expect(await backups.window(PROTECTED)).toEqual(last);
  expect(await idsAt(RECOVERY, after.latest)).toEqual(['before', 'after']);
  expect(await idsAt(PROTECTED, earliest)).toEqual([]);
  expect(await idsAt(PROTECTED, last.latest)).toEqual(['before']);

  const snapshot = await backups.takeSnapshot(RECOVERY, 'of a later timeline');
  await backups.restoreFromSnapshot(snapshot, { region: RECOVERY, cluster: 'from-snapshot' });

  await database.revive(PROTECTED);
  await database.switchover(PROTECTED);
  await ask(writerOf(lab), BOOKING, ['home']);
  await restorable(lab, PROTECTED, new Date(Date.now() + 1));
  const home = (await backups.window(PROTECTED))!;
  expect(home.earliest.getTime()).toBeGreaterThan(after.latest.getTime());
  expect(await idsAt(PROTECTED, home.latest)).toEqual(['before', 'after', 'home']);
});

test('a stop ends copies and recoveries under way and every server, and refuses more', async () => {
  const { backups } = lab;
  const snapshot = await backups.takeSnapshot(PROTECTED, 'source');
  await backups.restoreFromSnapshot(snapshot, { region: PROTECTED, cluster: 'running' });
  await backups.startRestored('running', lab.address(PROTECTED, 0));
  const endless = { bytesPerSecond: 1, onProgress: () => {}, signal: new AbortController().signal };
  const copy = backups.copySnapshot(snapshot, { region: RECOVERY, id: 'copy' }, endless);
  const restore = backups.restoreFromSnapshot(snapshot, { region: PROTECTED, cluster: 'restoring' });
  const ended = Promise.allSettled([copy, restore]);
  await backups.stop();
  expect((await ended)[0]).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
  expect(await kept(lab, 'snapshots', RECOVERY)).toEqual([]);
  await expect(backups.takeSnapshot(PROTECTED, 'late')).rejects.toThrow(/the lab is stopping/);
  await expect(ask(lab.address(PROTECTED, 0), 'select 1')).rejects.toThrow(/ECONNREFUSED/);
});
