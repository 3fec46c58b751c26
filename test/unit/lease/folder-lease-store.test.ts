import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shapeOf } from '../../../domain/errors.ts';
import { fenceWaitMs } from '../../../lease/fence-wait.ts';
import type { Writer } from '../../../lease/lease-store.ts';
import { FolderLeaseStore } from '../../../lease/participant.ts';
import { leaseFolder, NEW, OLD } from './lease-folder.ts';

const writer: Writer = {
  id: 'pod-1',
  region: OLD,
  epoch: 1,
  renewedAt: '2026-11-21T03:12:07.000Z',
  rechecks: true,
  boundsTransactions: true,
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'no error',
    (error: unknown) => shapeOf(error).code,
  );

test('keeps every grant and reads the newest', async () => {
  const { store, folder } = leaseFolder(600);
  await store.advance(OLD, 0);
  const second = await store.advance(NEW, 1);
  expect(await store.read()).toEqual(second);
  expect(second).toMatchObject({ epoch: 2, region: NEW, ttlMs: 600 });
  expect(readdirSync(folder).sort()).toEqual(['epoch-000000000001.json', 'epoch-000000000002.json']);
});

test('lets exactly one of twenty fences that expect the same epoch win', async () => {
  const { store, folder } = leaseFolder(600);
  await store.advance(OLD, 0);
  const fences = Array.from({ length: 20 }, (_, index) =>
    new FolderLeaseStore({ folder, ttlMs: 600 }).advance(`region-${index}`, 1),
  );
  const outcomes = await Promise.allSettled(fences);
  const winners = outcomes.filter((outcome) => outcome.status === 'fulfilled');
  const losers = outcomes.filter((outcome) => outcome.status === 'rejected');
  expect(winners).toHaveLength(1);
  expect(new Set(losers.map((loser) => shapeOf(loser.reason).code))).toEqual(new Set(['DR_LEASE_EPOCH_CHANGED']));
  expect(await store.read()).toEqual(winners[0]!.value);
});

test('refuses to advance from an epoch that is not the newest, in either direction', async () => {
  const { store } = leaseFolder(600);
  await store.advance(OLD, 0);
  expect(await codeOf(store.advance(NEW, 0))).toBe('DR_LEASE_EPOCH_CHANGED');
  expect(await codeOf(store.advance(NEW, 2))).toBe('DR_LEASE_EPOCH_CHANGED');
  expect((await store.read()).epoch).toBe(1);
});

test('fails rather than starting anew when the mount is gone or empty', async () => {
  const { store, mounted, unmount } = leaseFolder(600);
  expect(await codeOf(mounted.read())).toBe('DR_LEASE_STORE');
  await store.advance(OLD, 0);
  unmount();
  expect(await codeOf(mounted.read())).toBe('DR_LEASE_STORE');
  expect(await codeOf(mounted.register(writer))).toBe('DR_LEASE_STORE');
  expect(await codeOf(mounted.writers())).toBe('DR_LEASE_STORE');
  expect(await codeOf(mounted.advance(NEW, 1))).toBe('DR_LEASE_STORE');
});

test('lists writers until they withdraw, and never overlooks one it cannot read', async () => {
  const { store, folder } = leaseFolder(600);
  await store.advance(OLD, 0);
  expect(await store.writers()).toEqual([]);
  await store.register(writer);
  await store.register({ ...writer, id: 'pod-2', graceMs: 400 });
  await store.register({ ...writer, epoch: 2 });
  expect(await store.writers()).toEqual([
    { ...writer, epoch: 2 },
    { ...writer, id: 'pod-2', graceMs: 400 },
  ]);
  await store.withdraw('pod-2');
  await store.withdraw('pod-2');
  expect(await store.writers()).toHaveLength(1);
  writeFileSync(join(folder, 'writers', 'pod-3.json'), '{"id":"pod-3"');
  expect(await codeOf(store.writers())).toBe('DR_LEASE_STORE');
});

test('keeps a writer’s id from naming a file elsewhere', async () => {
  const { store } = leaseFolder(600);
  expect(await codeOf(store.register({ ...writer, id: '../epoch-000000000009' }))).toBe('DR_LEASE_STORE');
});

test('makes a fence wait out the old grant’s lease time and the longest grace of the old region’s writers', async () => {
  const { folder, store } = leaseFolder(2_000);
  await store.advance(OLD, 0);
  const shortened = new FolderLeaseStore({ folder, ttlMs: 300 });
  await shortened.advance(NEW, 1);
  const taken = await shortened.read();
  expect(taken).toMatchObject({ ttlMs: 300, previousTtlMs: 2_000 });
  const margins = { pauseMarginMs: 500, driftMarginMs: 100 };
  expect(fenceWaitMs(taken, OLD, [writer], margins)).toBe(2_600);
  expect(fenceWaitMs(taken, OLD, [writer, { ...writer, id: 'a', graceMs: 900 }], margins)).toBe(3_500);
  expect(fenceWaitMs(taken, OLD, [{ ...writer, region: NEW, graceMs: 900 }], margins)).toBe(2_600);
});
