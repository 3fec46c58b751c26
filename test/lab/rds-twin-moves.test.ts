import { setTimeout as pause } from 'node:timers/promises';
import * as rds from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import { waitUntil } from '../../lab/parts/wait-until.ts';
import { clusterArn, type Region } from '../../lab/topology.ts';
import {
  client,
  clusterIn,
  database,
  eventsIn,
  failOver,
  globalIn,
  IRELAND,
  idle,
  movePicture,
  PARIS,
  PATIENT,
  post,
  refusal,
  said,
  setDurations,
  start,
  switchOver,
  TO_IRELAND,
  TO_PARIS,
  twin,
  UNENDING,
  useRdsTwin,
  whenSaid,
} from './rds-twin-harness.ts';

useRdsTwin();

/** Waits until a move shows so: of a phase that does not end by itself, a pause of the machine hides nothing. */
const shows = (region: Region, [global, target]: readonly [string, string]): Promise<void> =>
  waitUntil(
    `it shows ${global}; ${target}`,
    async () => (await movePicture(region, PARIS)).join() === [global, target].join(),
    PATIENT,
  );

describe('an unplanned failover', () => {
  it.each([
    ['pending', ['failoverPending'], ['available, pending, writer eu-west-1', 'available'], []],
    ['failing-over', ['failingOver'], ['failing-over, failing-over, writer eu-west-1', 'promoting'], []],
    [
      'settling',
      ['failoverSettling'],
      ['failing-over, failing-over, writer eu-west-3', 'modifying'],
      ['promote eu-west-3'],
    ],
    ['idle', [], ['available, idle, writer eu-west-3', 'available'], ['promote eu-west-3']],
  ] as const)('goes through %s', async (_, lasting, picture, asked) => {
    for (const phase of lasting) setDurations({ [phase]: UNENDING[phase] });
    const accepted = await failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true });
    expect(accepted.GlobalCluster!.FailoverState).toEqual({
      Status: 'pending',
      FromDbClusterArn: clusterArn(IRELAND),
      ToDbClusterArn: clusterArn(PARIS),
      IsDataLossAllowed: true,
    });
    await shows(PARIS, picture);
    expect(database.asked).toEqual(asked);
    expect((await clusterIn(PARIS)).DBClusterMembers![0]!.IsClusterWriter).toBe(asked.length > 0);
  });

  it('leaves the old primary pending-resync and not available until it follows again', async () => {
    await failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true });
    await idle(PARIS);
    const ireland = (await globalIn(PARIS)).GlobalClusterMembers![0]!;
    expect(ireland).toMatchObject({ IsWriter: false, SynchronizationStatus: 'pending-resync' });
    expect((await clusterIn(IRELAND)).Status).toBe('modifying');
    const back = failOver(IRELAND, { ...TO_IRELAND, AllowDataLoss: true });
    expect(await refusal(back)).toBe('InvalidDBClusterStateFault');
    database.detached.clear();
    await waitUntil('Ireland follows', async () => (await clusterIn(IRELAND)).Status === 'available', PATIENT);
    await switchOver(PARIS, TO_IRELAND);
    await idle(PARIS);
    expect(database.writer).toBe(IRELAND);
  });

  it('works while the primary’s region is lost, and says in the new region that writes were not blocked', async () => {
    twin.markLost(IRELAND);
    await failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true });
    await idle(PARIS);
    expect(await eventsIn(PARIS)).toEqual([
      'Attempt to block writes for DB cluster booking-eu-west-1 in Region eu-west-1 timed out.',
      'Global failover to DB cluster booking-eu-west-3 in Region eu-west-3 completed.',
    ]);
    expect(await eventsIn(IRELAND)).toEqual([]);
  });

  it('records the fence in the old region where that is reached, and blocks writes before it promotes', async () => {
    await twin.close();
    await start({
      fence: async (region) => {
        database.asked.push(`fence ${region}`);
      },
    });
    await failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true });
    await idle(PARIS);
    expect(database.asked).toEqual(['fence eu-west-1', 'promote eu-west-3']);
    expect(await eventsIn(IRELAND, { SourceType: 'db-instance' })).toEqual([
      'Attempt to block writes for DB cluster booking-eu-west-1 in Region eu-west-1 succeeded.',
    ]);
    expect(await eventsIn(PARIS, { SourceType: 'db-instance' })).toEqual([]);
  });

  it('does not fence across a partition', async () => {
    await twin.close();
    await start({ fence: async () => Promise.reject(new Error('must not be tried')), reachable: () => false });
    await failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true });
    await idle(PARIS);
    expect(said.join('\n')).not.toContain('must not be tried');
    expect((await eventsIn(PARIS))[0]).toContain('timed out');
  });

  it('goes on when its fence never answers', async () => {
    await twin.close();
    await start({ fence: () => new Promise(() => undefined) });
    await failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true });
    await idle(PARIS);
    expect(database.writer).toBe(PARIS);
    expect((await eventsIn(IRELAND, { SourceType: 'db-instance' }))[0]).toContain('timed out');
  });

  it('that the database refuses ends idle with the old writer, a failed event and a reason in the log', async () => {
    database.beforeRoleChange = async () => Promise.reject(new Error('recovery is paused'));
    await failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true });
    await idle(PARIS);
    expect((await globalIn(PARIS)).GlobalClusterMembers![0]!.IsWriter).toBe(true);
    expect((await clusterIn(PARIS)).Status).toBe('available');
    expect(await eventsIn(PARIS)).toContain(
      'Global failover to DB cluster booking-eu-west-3 in Region eu-west-3 failed.',
    );
    expect(said.join('\n')).toContain('recovery is paused');
  });

  it('that the database never answers fails at its deadline instead of hanging, and tells the truth if it still comes about', async () => {
    await twin.close();
    await start({ moveDeadlineMs: 200 });
    let release: () => void = () => undefined;
    database.beforeRoleChange = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    await failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true });
    await idle(PARIS);
    expect(await eventsIn(PARIS)).toContain(
      'Global failover to DB cluster booking-eu-west-3 in Region eu-west-3 failed.',
    );
    expect((await globalIn(PARIS)).GlobalClusterMembers![0]!.IsWriter).toBe(true);
    release();
    await waitUntil(
      'Paris is writer',
      async () => (await globalIn(PARIS)).GlobalClusterMembers![1]!.IsWriter === true,
      PATIENT,
    );
    expect((await clusterIn(IRELAND)).Status).toBe('modifying');
  });

  it('fails without touching the database when the target dies while the request is pending', async () => {
    whenSaid('failover eu-west-1 → eu-west-3 accepted', () => database.stopped.add(PARIS));
    await failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true });
    await idle(PARIS);
    expect(database.asked).toEqual([]);
    expect(await eventsIn(PARIS)).toEqual([
      'Global failover to DB cluster booking-eu-west-3 in Region eu-west-3 failed.',
    ]);
  });
});

describe('a switchover', () => {
  it.each([
    ['pending', ['failoverPending'], ['available, pending, writer eu-west-1', 'available']],
    ['switching-over', ['switchingOver'], ['switching-over, switching-over, writer eu-west-1', 'promoting']],
    ['settling', ['failoverSettling'], ['switching-over, switching-over, writer eu-west-3', 'modifying']],
    ['idle', [], ['available, idle, writer eu-west-3', 'available']],
  ] as const)('goes through %s', async (_, lasting, picture) => {
    for (const phase of lasting) setDurations({ [phase]: UNENDING[phase] });
    await switchOver(IRELAND, TO_PARIS);
    await shows(IRELAND, picture);
  });

  it('is the same by either call, and records each documented event', async () => {
    await switchOver(IRELAND, TO_PARIS);
    await idle(IRELAND);
    expect(await eventsIn(PARIS, { SourceType: 'db-cluster' })).toEqual([
      'Global switchover to DB cluster booking-eu-west-3 in Region eu-west-3 started.',
      'Old primary DB cluster booking-eu-west-1 in Region eu-west-1 successfully shut down.',
      'New primary DB cluster booking-eu-west-3 in Region eu-west-3 was successfully promoted.',
      'Global switchover to DB cluster booking-eu-west-3 in Region eu-west-3 finished.',
    ]);
    // The failover call without AllowDataLoss is the same thing.
    const accepted = await failOver(PARIS, TO_IRELAND);
    expect(accepted.GlobalCluster!.FailoverState!.IsDataLossAllowed).toBe(false);
    await idle(PARIS);
    expect(database.asked).toEqual(['switchover eu-west-3', 'switchover eu-west-1']);
  });

  it('that fails leaves the writer where the database has it', async () => {
    database.beforeRoleChange = async () => Promise.reject(new Error('the standby did not catch up'));
    await switchOver(IRELAND, TO_PARIS);
    await idle(IRELAND);
    expect((await globalIn(PARIS)).GlobalClusterMembers![0]!.IsWriter).toBe(true);
    expect(await eventsIn(IRELAND)).toContain(
      'Global switchover to DB cluster booking-eu-west-3 in Region eu-west-3 failed.',
    );
  });
});

describe('refuses a move', () => {
  const invalidState = 'InvalidGlobalClusterStateFault';

  it.each([
    [
      'of an unknown global cluster',
      { GlobalClusterIdentifier: 'other', AllowDataLoss: true },
      'GlobalClusterNotFoundFault',
    ],
    [
      'to an unknown cluster',
      { TargetDbClusterIdentifier: `${clusterArn(PARIS)}x`, AllowDataLoss: true },
      'DBClusterNotFoundFault',
    ],
    [
      'to an identifier that is no ARN',
      { TargetDbClusterIdentifier: 'booking-eu-west-3', AllowDataLoss: true },
      'InvalidParameterValue',
    ],
    [
      'that both allows loss and is a switchover',
      { AllowDataLoss: true, Switchover: true },
      'InvalidParameterCombination',
    ],
    ['without a target', { TargetDbClusterIdentifier: '', AllowDataLoss: true }, 'MissingParameter'],
    ['without a global cluster', { GlobalClusterIdentifier: '', AllowDataLoss: true }, 'MissingParameter'],
  ])('%s', async (_, input, code) => {
    expect(await refusal(failOver(PARIS, { ...TO_PARIS, ...input }))).toBe(code);
    expect(database.asked).toEqual([]);
  });

  it('to the region that holds the writer already', async () => {
    expect(await refusal(failOver(IRELAND, { ...TO_IRELAND, AllowDataLoss: true }))).toBe(invalidState);
  });

  it('called in the wrong region: an unplanned one in the primary’s, a switchover in the target’s', async () => {
    expect(await refusal(failOver(IRELAND, { ...TO_PARIS, AllowDataLoss: true }))).toBe('InvalidParameterValue');
    expect(await refusal(switchOver(PARIS, TO_PARIS))).toBe('InvalidParameterValue');
    expect(await refusal(failOver(PARIS, TO_PARIS))).toBe('InvalidParameterValue');
  });

  it('without data loss once the primary is lost, wherever it is called', async () => {
    twin.markLost(IRELAND);
    expect(await refusal(failOver(PARIS, TO_PARIS))).toBe(invalidState);
    expect(await refusal(switchOver(PARIS, TO_PARIS))).toBe(invalidState);
    expect(await refusal(switchOver(IRELAND, TO_PARIS))).toBe(invalidState);
  });

  it('while another is in progress, also to the same target, and runs the first one once', async () => {
    // Both look at the state in the same instant, which is when a check before the look would let both through.
    database.streaming = () => pause(100, true);
    let promoted = (): void => undefined;
    database.beforeRoleChange = () => new Promise((resolve) => (promoted = resolve));
    const both = [1, 2].map(() => refusal(failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true })));
    expect((await Promise.all(both)).sort()).toEqual([invalidState, 'not refused']);
    expect(await refusal(switchOver(IRELAND, TO_PARIS))).toBe(invalidState);
    await waitUntil('the database was asked', () => database.asked.length > 0, PATIENT);
    promoted();
    await idle(PARIS);
    expect(database.asked).toEqual(['promote eu-west-3']);
  });

  it('to a cluster without an instance, or whose instance does not run', async () => {
    twin.setHeadless(PARIS, true);
    expect(await refusal(failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true }))).toBe('InvalidDBClusterStateFault');
    expect((await client(PARIS).send(new rds.DescribeDBInstancesCommand({}))).DBInstances).toEqual([]);
    expect((await clusterIn(PARIS)).DBClusterMembers).toEqual([]);
    twin.setHeadless(PARIS, false);
    database.stopped.add(PARIS);
    expect(await refusal(failOver(PARIS, { ...TO_PARIS, AllowDataLoss: true }))).toBe('InvalidDBClusterStateFault');
  });

  it('by switchover to a secondary that is not connected', async () => {
    database.detached.add(PARIS);
    expect(await refusal(switchOver(IRELAND, TO_PARIS))).toBe(invalidState);
  });

  it('with a flag that is neither true nor false', async () => {
    const answer = await post(
      PARIS,
      'Action=FailoverGlobalCluster&GlobalClusterIdentifier=booking-global&AllowDataLoss=maybe&TargetDbClusterIdentifier=x',
    );
    expect(answer).toContain('<Code>InvalidParameterValue</Code>');
  });
});
