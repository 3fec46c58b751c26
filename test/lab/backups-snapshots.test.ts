import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { StoredSnapshot } from '../../lab/backup/backups.ts';
import { type Endpoint, PROTECTED, RECOVERY } from '../../lab/topology.ts';
import { ask, type BackupsLab, idsIn, kept, openBackupsLab, writerOf, writeSteadily } from './backups-lab.ts';

// Each restore starts a real server: a second on an idle machine, several beside other tests.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const CLUSTER = 'restored';

let lab: BackupsLab;

beforeAll(async () => {
  lab = await openBackupsLab({ standby: false });
});
afterAll(() => lab.close());
afterEach(() => lab.backups.deleteRestored(CLUSTER));

/** A running server as a snapshot holds it; the one before is deleted. */
async function open(snapshot: StoredSnapshot): Promise<Endpoint> {
  await lab.backups.deleteRestored(CLUSTER);
  await lab.backups.restoreFromSnapshot(snapshot, { region: snapshot.region, cluster: CLUSTER });
  const at = lab.address(snapshot.region, 0);
  await lab.backups.startRestored(CLUSTER, at);
  return at;
}

test('a snapshot holds what was committed by its time and nothing later, while writes go on, several at once too', async () => {
  const writer = writeSteadily(writerOf(lab), 'row', () => 2);
  await writer.more(1);
  const snapshots = await Promise.all(['one', 'rds:two'].map((id) => lab.backups.takeSnapshot(PROTECTED, id)));
  await writer.more(1);
  const rows = await writer.stop();
  for (const snapshot of snapshots) {
    const expected = rows.filter(({ at }) => at <= snapshot.dataTime.getTime()).map(({ id }) => id);
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(rows.length);
    const at = await open(snapshot);
    expect(await idsIn(at, 'row-%')).toEqual(expected);
    await ask(at, `select bt_index_check('bookings_pkey', heapallindexed => true), verify_heapam('bookings')`);
  }
  await expect(lab.backups.takeSnapshot(PROTECTED, 'one')).rejects.toThrow(/ENOTEMPTY|EEXIST/);
  await expect(lab.backups.takeSnapshot(RECOVERY, 'none')).rejects.toThrow(/eu-west-3 is not running/);
  expect(await kept(lab, 'snapshots', PROTECTED)).toEqual(['one', 'rds%3Atwo']);
  for (const snapshot of snapshots) await lab.backups.deleteSnapshot(snapshot);
  expect(await kept(lab, 'snapshots', PROTECTED)).toEqual([]);
});

test('a copy keeps to its bandwidth, holds what the snapshot holds, and leaves nothing when it is aborted', async () => {
  const snapshot = await lab.backups.takeSnapshot(PROTECTED, 'source');
  const told: number[] = [];
  const begun = performance.now();
  const copy = await lab.backups.copySnapshot(
    snapshot,
    { region: RECOVERY, id: 'copy' },
    {
      bytesPerSecond: snapshot.sizeBytes / 0.8,
      onProgress: (percent) => told.push(percent),
      signal: new AbortController().signal,
    },
  );
  expect(performance.now() - begun).toBeGreaterThan(790);
  expect(copy).toEqual({ ...snapshot, region: RECOVERY, id: 'copy' });
  expect([told[0], told.at(-1)]).toEqual([0, 100]);
  expect(told.length).toBeGreaterThan(5);
  expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
  // Deleted at its source, it lives on elsewhere.
  await lab.backups.deleteSnapshot(snapshot);
  expect((await idsIn(await open(copy), '%')).length).toBeGreaterThan(0);

  const aborting = new AbortController();
  const copyAgain = (id: string) =>
    lab.backups.copySnapshot(
      copy,
      { region: RECOVERY, id },
      {
        bytesPerSecond: copy.sizeBytes / 10,
        onProgress: (percent) => percent >= 2 && aborting.abort(),
        signal: aborting.signal,
      },
    );
  await expect(copyAgain('aborted')).rejects.toThrow(/aborted/);
  expect(await kept(lab, 'snapshots', RECOVERY)).toEqual(['copy']);
  await lab.backups.deleteSnapshot(copy);
  await expect(copyAgain('of nothing')).rejects.toThrow(/ENOENT/);
  expect(await kept(lab, 'snapshots', RECOVERY)).toEqual([]);
});
