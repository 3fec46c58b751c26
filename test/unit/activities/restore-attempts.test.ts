import type { DBCluster, DBInstance } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { AnyImplementation } from '../../../activities/attempt/implement.ts';
import type { JournalPort } from '../../../activities/attempt/ports.ts';
import { runAttempt } from '../../../activities/attempt/run-attempt.ts';
import type { Clients, ExecutionLife } from '../../../activities/clients/clients.ts';
import { demandPermission, permitting } from '../../../activities/clients/permission.ts';
import { awaitRestorable } from '../../../activities/restore/await-restorable.ts';
import { cleanUp } from '../../../activities/restore/clean-up.ts';
import { pointInTime } from '../../../activities/restore/point-in-time.ts';
import { removeLeftovers } from '../../../activities/restore/remove-leftovers.ts';
import { type Call, callName } from '../../../domain/action.ts';
import { LifeboatError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import { TAG } from '../../../runbooks/actions/restore/naming.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';

const region = 'eu-west-1';
const executionId = 'pr-20261121-0312-k3';
const placement = EXAMPLE_SERVICE.database.regions[region]!.restore!;

const failure = (name: string, retryable: boolean): LifeboatError =>
  new LifeboatError('DR_CALL_FAILED', `rds: ${name}`, { retryable, actual: name });

/** The little of RDS that a restore and its clean-up see: clusters and instances in memory, a call log, and ways to go wrong. */
class Rds {
  readonly clusters = new Map<string, DBCluster>();
  readonly instances = new Map<string, DBInstance>();
  readonly log: string[] = [];
  /** What happens instead of, or after, the next calls: one word each, in order. */
  readonly mishaps: ('throttled' | 'reply lost' | 'denied')[] = [];
  readonly lives: Record<string, ExecutionLife> = {};
  /** Told before every look. */
  tick: () => void = () => undefined;

  readonly clients = {
    rds: () => ({
      send: (command: { readonly constructor: { readonly name: string }; readonly input: object }) =>
        this.#describe(command),
    }),
    executionLife: async (id: string): Promise<ExecutionLife> => this.lives[id] ?? 'unknown',
    execute: (call: Call): Promise<Json> => this.#execute(call),
  } as unknown as Clients;

  stand(id: string, more: Partial<DBCluster> = {}): void {
    const tags = { [TAG.execution]: id.replace(/-db$/, ''), [TAG.kind]: 'restore' };
    const TagList = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    this.clusters.set(id, {
      DBClusterIdentifier: id,
      DBClusterArn: `arn:${id}`,
      Status: 'available',
      TagList,
      ...more,
    });
  }

  standInstance(id: string, cluster: string): void {
    const { TagList = [] } = this.clusters.get(cluster) ?? {};
    this.instances.set(id, {
      DBInstanceIdentifier: id,
      DBClusterIdentifier: cluster,
      DBInstanceStatus: 'available',
      TagList,
    });
  }

  async #describe({
    constructor: command,
    input,
  }: {
    readonly constructor: { readonly name: string };
    readonly input: object;
  }) {
    this.tick();
    switch (command.name) {
      case 'DescribeDBClustersCommand': {
        const { DBClusterIdentifier: id } = input as { DBClusterIdentifier?: string };
        if (id === undefined) return { DBClusters: [...this.clusters.values()] };
        const found = this.clusters.get(id);
        if (!found) throw failure('DBClusterNotFoundFault', false);
        return { DBClusters: [found] };
      }
      case 'DescribeDBInstancesCommand': {
        // One to a page, so that whoever reads only the first is found out.
        const { Marker = '0' } = input as { Marker?: string };
        const all = [...this.instances.values()];
        const next = Number(Marker) + 1;
        return { DBInstances: all.slice(Number(Marker), next), ...(next < all.length && { Marker: String(next) }) };
      }
      default:
        return {};
    }
  }

  async #execute(call: Call): Promise<Json> {
    demandPermission(call);
    this.log.push(callName(call));
    const mishap = this.mishaps.shift();
    if (mishap === 'throttled') throw failure('ThrottlingException', true);
    if (mishap === 'denied') throw failure('AccessDenied', false);
    this.#effect(call);
    if (mishap === 'reply lost') throw failure('TimeoutError', true);
    return null;
  }

  #effect({ operation, input }: Call): void {
    const asked = input as { DBClusterIdentifier?: string; DBInstanceIdentifier?: string; Tags?: DBCluster['TagList'] };
    const { DBClusterIdentifier: cluster = '', DBInstanceIdentifier: instance = '' } = asked;
    switch (operation) {
      case 'RestoreDBClusterToPointInTime':
        if (this.clusters.has(cluster)) throw failure('DBClusterAlreadyExistsFault', true);
        this.stand(cluster, {
          TagList: asked.Tags,
          EarliestRestorableTime: new Date(),
          LatestRestorableTime: new Date(),
        });
        return;
      case 'DeleteDBInstance':
        if (!this.instances.delete(instance)) throw failure('DBInstanceNotFoundFault', false);
        return;
      case 'ModifyDBCluster':
        this.clusters.set(cluster, { ...this.clusters.get(cluster), DeletionProtection: false });
        return;
      case 'DeleteDBCluster':
        if ([...this.instances.values()].some(({ DBClusterIdentifier }) => DBClusterIdentifier === cluster)) {
          throw failure('InvalidDBClusterStateFault', true);
        }
        if (!this.clusters.delete(cluster)) throw failure('DBClusterNotFoundFault', false);
    }
  }
}

const journal: JournalPort = {
  append: async () => undefined,
  claim: async () => undefined,
  owns: async () => true,
};

const attempt = (rds: Rds, implementation: AnyImplementation, input: Json, timeoutSeconds = 25) =>
  runAttempt(
    implementation,
    { executionId, service: 'booking', mode: 'drill', stepId: 'step', round: 0, input, timeoutSeconds },
    {
      service: () => EXAMPLE_SERVICE,
      guardedClients: () => ({ clients: rds.clients, permitting }),
      journal,
      progress: () => undefined,
      signal: new AbortController().signal,
      owner: 1,
    },
  );
const outputOf = async (running: ReturnType<typeof attempt>) =>
  ((await running) as unknown as { output: unknown }).output;

describe('an attempt to restore', () => {
  const input = {
    region,
    sourceCluster: 'booking-ew1',
    restoreTo: '2026-11-21T03:00:00.000Z',
    executionId,
    placement: placement as unknown as Json,
  };

  it('asks once when the reply is lost after the effect: looking again finds the cluster', async () => {
    const rds = new Rds();
    rds.stand('booking-ew1', { TagList: [] });
    rds.mishaps.push('reply lost');
    expect(await outputOf(attempt(rds, pointInTime, input))).toMatchObject({ cluster: `${executionId}-db` });
    expect(rds.log).toHaveLength(1);
  });

  it('asks again after a throttle that had no effect, and counts from the call that was taken', async () => {
    const rds = new Rds();
    rds.stand('booking-ew1', { TagList: [] });
    rds.mishaps.push('throttled', 'throttled');
    await attempt(rds, pointInTime, input);
    expect(rds.log).toHaveLength(3);
  });
});

describe('an attempt to wait for the restorable instant', () => {
  it('tells the window as it was at the first look, not the last', async () => {
    const rds = new Rds();
    const latest = (seconds: number) => new Date(Date.parse('2026-11-21T03:00:00.000Z') + seconds * 1_000);
    let looks = 0;
    rds.tick = () => {
      looks += 1;
      rds.stand('booking-ew1', { EarliestRestorableTime: latest(-100), LatestRestorableTime: latest(looks) });
    };
    const output = await outputOf(
      attempt(rds, awaitRestorable, { region, cluster: 'booking-ew1', restoreTo: '2026-11-21T03:00:02.500Z' }),
    );
    expect(output).toMatchObject({
      latestAt: '2026-11-21T03:00:03.000Z',
      latestAtFirstLook: '2026-11-21T03:00:01.000Z',
    });
  });
});

describe('an attempt to clean up', () => {
  const own = `${executionId}-db`;
  function restored(): Rds {
    const rds = new Rds();
    rds.stand('booking-ew1', { TagList: [] });
    rds.standInstance('booking-ew1-1', 'booking-ew1');
    rds.stand(own, { DeletionProtection: true });
    rds.standInstance(`${own}-1`, own);
    return rds;
  }
  const input = { region, executionId };

  it('removes what was restored, however many pages it is on, and nothing else', async () => {
    const rds = restored();
    expect(await outputOf(attempt(rds, cleanUp, input))).toMatchObject({
      removed: [`instance/${own}-1`, `cluster/${own}`],
      remaining: [],
      leftAlone: [],
    });
    expect([...rds.clusters.keys(), ...rds.instances.keys()]).toEqual(['booking-ew1', 'booking-ew1-1']);
    expect(rds.log).toEqual([
      `rds:ModifyDBCluster ${own}`,
      `rds:DeleteDBInstance ${own}-1`,
      `rds:DeleteDBCluster ${own}`,
    ]);
  });

  it('goes on through more throttles and lost replies than any other step would bear', async () => {
    const rds = restored();
    rds.mishaps.push(
      ...Array.from({ length: 9 }, () => 'throttled' as const),
      'reply lost',
      'reply lost',
      'reply lost',
    );
    expect(await outputOf(attempt(rds, cleanUp, input))).toMatchObject({ remaining: [] });
    expect(rds.clusters.has(own)).toBe(false);
  });

  it('starts from a create call that was only just made', async () => {
    const rds = new Rds();
    let looks = 0;
    rds.stand(own, { Status: 'creating' });
    rds.tick = () => {
      looks += 1;
      if (looks === 10) rds.stand(own);
    };
    expect(await outputOf(attempt(rds, cleanUp, input))).toMatchObject({ removed: [`cluster/${own}`] });
    expect(looks).toBeGreaterThanOrEqual(10);
  });

  it('fails on what will not pass, but only after it tried everything', async () => {
    const rds = restored();
    rds.mishaps.push('denied');
    await expect(attempt(rds, cleanUp, input)).rejects.toMatchObject({ shape: { actual: 'AccessDenied' } });
    expect(rds.instances.has(`${own}-1`)).toBe(false);
  });

  it('fails, naming what still stands, when its time is over', async () => {
    const rds = new Rds();
    rds.stand(own, { Status: 'creating' });
    await expect(attempt(rds, cleanUp, input, 1)).rejects.toMatchObject({
      shape: { code: 'DR_STEP_TIMED_OUT', message: expect.stringContaining(`cluster ${own} is creating`) },
    });
  });
});

describe('an attempt to remove leftovers', () => {
  it('asks about each execution in a tag, and removes only those of executions that have ended', async () => {
    const rds = new Rds();
    for (const id of ['pr-1-dead', 'pr-2-running', 'pr-3-strange', executionId]) {
      rds.stand(`${id}-db`);
      rds.standInstance(`${id}-db-1`, `${id}-db`);
    }
    Object.assign(rds.lives, { 'pr-1-dead': 'ended', 'pr-2-running': 'running', [executionId]: 'ended' });
    const output = await outputOf(attempt(rds, removeLeftovers, { region, executionId }));
    expect(output).toMatchObject({ removed: ['instance/pr-1-dead-db-1', 'cluster/pr-1-dead-db'] });
    expect([...rds.clusters.keys()]).toEqual(['pr-2-running-db', 'pr-3-strange-db', `${executionId}-db`]);
  });
});
