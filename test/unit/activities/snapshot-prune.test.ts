import type { DBClusterSnapshot } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { AttemptContext } from '../../../activities/attempt/implement.ts';
import type { Clients } from '../../../activities/clients/clients.ts';
import { choosePrunable } from '../../../activities/snapshot/choose-prunable.ts';
import { type SeenCopy, usableCopies } from '../../../activities/snapshot/copies.ts';
import { prune } from '../../../activities/snapshot/prune.ts';
import { KIND, TAG } from '../../../runbooks/actions/restore/naming.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { seededRandom } from '../measure/seeded-random.ts';
import { callsOf, decide, expectDeclared, OBSERVED_AT, outputOf, waitOf } from './a-decision.ts';
import { seen as copy } from './a-snapshot-copy.ts';

const USED = 'something is restored from it';
const id = (hours: number): string => `sc-${hours}-copy-1`;
const chosen = (copies: readonly SeenCopy[], keep = 1, inUse: readonly string[] = []) =>
  choosePrunable(copies, { keep, inUse: new Map(inUse.map((used) => [used, USED])) });

describe('which copies may go', () => {
  it('are the oldest, beyond as many as are to be kept, in whatever order they are listed', () => {
    expect(chosen([copy(3), copy(1), copy(4), copy(2)], 2).prune).toEqual([id(3), id(4)]);
    expect(chosen([copy(3), copy(1), copy(2)], 3).prune).toEqual([]);
    expect(chosen([], 3)).toEqual({ prune: [], kept: [] });
  });

  it.each<[string, Partial<SeenCopy>, string]>([
    ['held', { held: true }, 'somebody holds it'],
    ['not available', { status: 'copying' }, 'it is copying'],
    ['not ours', { execution: null }, 'it is not a copy that Lifeboat made for this service'],
    ['undated', { dataTime: null }, 'nothing says when its data was current'],
    ['in doubt', { inDoubt: true }, 'it was looked into and not found whole: delete it once somebody knows why'],
    ['the newest that was found whole', { validatedAt: OBSERVED_AT }, 'it is the newest that was found whole'],
  ])('never include one that is %s, and say so', (_, change, because) => {
    const { prune: pruned, kept } = chosen([copy(1), copy(2), copy(3, change), copy(4)]);
    expect(pruned).toEqual([id(2), id(4)]);
    expect(kept).toContainEqual({ snapshot: id(3), because });
  });

  it('never include one that somebody counts on, and say how', () => {
    const { prune: pruned, kept } = chosen([copy(1), copy(2), copy(3)], 1, [id(3)]);
    expect(pruned).toEqual([id(2)]);
    expect(kept).toContainEqual({ snapshot: id(3), because: USED });
  });

  it('never include the newest, even where nothing was to be kept', () => {
    expect(chosen([copy(1)], 0).prune).toEqual([]);
  });

  it('spare only the newest of those found whole', () => {
    const whole = { validatedAt: OBSERVED_AT };
    expect(chosen([copy(1), copy(2, whole), copy(3, whole)]).prune).toEqual([id(3)]);
  });

  it('do not count what is not usable among those kept', () => {
    const unusable = [copy(1, { status: 'failed' }), copy(2, { execution: null })];
    expect(chosen([...unusable, copy(3), copy(4), copy(5)], 2).prune).toEqual([id(5)]);
  });

  it('break no promise in 2,000 regions drawn at random', () => {
    const random = seededRandom(20261121);
    const flip = (chance: number): boolean => random() < chance;
    let prunedInAll = 0;
    for (let region = 0; region < 2_000; region += 1) {
      const keep = Math.floor(random() * 5);
      const copies = Array.from({ length: Math.floor(random() * 10) }, (_, index) =>
        copy(Math.floor(random() * 12), {
          id: `c${index}`,
          ...(flip(0.2) && { status: flip(0.5) ? 'copying' : 'failed' }),
          ...(flip(0.15) && { execution: null }),
          ...(flip(0.1) && { dataTime: null }),
          ...(flip(0.3) && { validatedAt: OBSERVED_AT }),
          held: flip(0.15),
          inDoubt: flip(0.1),
        }),
      );
      const inUse = copies.filter(() => flip(0.1)).map((each) => each.id);
      const { prune: pruned, kept } = chosen(copies, keep, inUse);
      prunedInAll += pruned.length;
      const gone = copies.filter((each) => pruned.includes(each.id));
      const left = copies.filter((each) => !pruned.includes(each.id));
      const newest = (among: readonly SeenCopy[]) => usableCopies(among)[0]?.dataTime;
      const whole = (among: readonly SeenCopy[]) =>
        usableCopies(among).filter(({ validatedAt }) => validatedAt !== null);

      expect([...pruned, ...kept.map(({ snapshot }) => snapshot)].sort()).toEqual(copies.map((each) => each.id).sort());
      expect(
        gone.filter((each) => each.held || each.inDoubt || each.execution === null || each.status !== 'available'),
      ).toEqual([]);
      expect(gone.filter((each) => each.dataTime === null || inUse.includes(each.id))).toEqual([]);
      expect(newest(left)).toBe(newest(copies));
      expect(newest(whole(left))).toBe(newest(whole(copies)));
      expect(usableCopies(left).length).toBeGreaterThanOrEqual(Math.min(keep, usableCopies(copies).length));
      // What goes is never newer than an unprotected one that stays beyond those to be kept.
      const keptByAge = usableCopies(copies).slice(0, Math.max(1, keep));
      expect(gone.filter((each) => keptByAge.includes(each as (typeof keptByAge)[number]))).toEqual([]);
    }
    // A rule that prunes nothing would keep every promise.
    expect(prunedInAll).toBeGreaterThan(1_000);
  });
});

describe('pruning', () => {
  const input = { region: 'eu-west-3', cluster: 'booking-ew1', keep: 2 };
  const copies = [copy(1), copy(2), copy(3), copy(4)];
  const taken = (...ids: readonly string[]) => {
    const calls = callsOf(decide(prune, input, { copies, inUse: [] })).filter(({ target }) => ids.includes(target));
    return {
      calls,
      results: calls.map(({ operation, target }) => ({ call: `rds:${operation} ${target}`, accepted: true })),
    };
  };

  it('deletes each by name, and is done when describing finds them gone', () => {
    const calls = callsOf(decide(prune, input, { copies, inUse: [] }));
    expect(calls.map(({ operation, target }) => `${operation} ${target}`)).toEqual([
      `DeleteDBClusterSnapshot ${id(3)}`,
      `DeleteDBClusterSnapshot ${id(4)}`,
    ]);
    expectDeclared(prune, calls);
    const both = taken(id(3), id(4));
    expect(waitOf(decide(prune, input, { copies, inUse: [] }, both))).toContain('being deleted');
    expect(outputOf(decide(prune, input, { copies: copies.slice(0, 2), inUse: [] }, both))).toEqual({
      pruned: [id(3), id(4)],
      kept: [
        { snapshot: id(1), because: 'it is the newest' },
        { snapshot: id(2), because: 'it is one of the newest 2' },
      ],
      prunedAt: OBSERVED_AT,
    });
  });

  it('asks again only for what was not taken', () => {
    const calls = callsOf(decide(prune, input, { copies, inUse: [] }, taken(id(3))));
    expect(calls.map(({ target }) => target)).toEqual([id(4)]);
  });

  it('leaves a superfluous copy alone while the execution that made it is not over, but for its own', async () => {
    const snapshots = copies.map(
      ({ id: name, execution, dataTime }): DBClusterSnapshot => ({
        DBClusterSnapshotIdentifier: name,
        DBClusterIdentifier: 'booking-ew1',
        Status: 'available',
        TagList: Object.entries({
          [TAG.execution]: execution!,
          [TAG.kind]: KIND.copy,
          [TAG.service]: 'booking',
          [TAG.dataTime]: dataTime!,
        }).map(([Key, Value]) => ({ Key, Value })),
      }),
    );
    const clients = {
      rds: () => ({ send: async () => ({ DBClusterSnapshots: snapshots, DBClusters: [] }) }),
      executionLife: async () => 'running',
    } as unknown as Clients;
    const seen = await prune.observe(clients, input, {
      service: EXAMPLE_SERVICE,
      executionId: 'sc-4',
    } as AttemptContext);
    const decision = decide(prune, input, seen);
    expect(callsOf(decision).map(({ target }) => target)).toEqual([id(4)]);
    expect(decision).toHaveProperty(
      'predicted.kept',
      expect.arrayContaining([{ snapshot: id(3), because: 'sc-3 still runs' }]),
    );
  });

  it('is done at once where nothing is superfluous', () => {
    expect(outputOf(decide(prune, input, { copies: copies.slice(0, 2), inUse: [] })).pruned).toEqual([]);
  });

  it('reckons in a dry run with the copy that is still to come', () => {
    const decision = decide(prune, input, { copies: copies.slice(0, 2), inUse: [] }, null, { mode: 'dry_run' });
    expect(callsOf(decision).map(({ target }) => target)).toEqual([id(2)]);
    expect(decision).toHaveProperty('predicted.kept', [{ snapshot: id(1), because: 'it is one of the newest 2' }]);
  });
});
