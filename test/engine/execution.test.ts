import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { EngineRig, refusal } from './engine-rig.ts';
import { testRunbook } from './test-runbook.ts';
import { implementations, TestWorld } from './test-world.ts';

async function rigWith(world: TestWorld, extraCalls = 0): Promise<EngineRig> {
  return EngineRig.start(testRunbook, implementations(world, extraCalls));
}

describe('a live execution', () => {
  it('runs every step in order of its dependencies, after somebody else approved, and seals a record that verifies', async () => {
    const world = new TestWorld();
    const rig = await rigWith(world);
    const running = await rig.begin(rig.request('live'));
    await running.approve('second');
    const snapshot = await running.result();
    expect(snapshot.outcome).toBe('succeeded');
    expect(snapshot.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'read-left done',
      'read-right done',
      'prepare done',
      'fence done',
      'promote done',
      'last done',
      'verify done',
      'measure done',
    ]);
    expect(world.log).toEqual(['prepared=3', 'fence=1', 'promoted=1', 'last=1']);
    expect(snapshot.marks).toMatchObject({
      approved: expect.any(String),
      fenced: expect.any(String),
      started: expect.any(String),
    });
    const entries = await rig.entries(running.request.executionId);
    expect(entries.map(({ type }) => type)).toEqual(['opened', 'approved', 'sealed']);
    expect(
      entries
        .at(-1)!
        .artefacts.map(({ name }) => name)
        .sort(),
    ).toEqual(['journal', 'record']);
  });

  it('prepares while people decide, and fences only after they did', async () => {
    const world = new TestWorld();
    const rig = await rigWith(world);
    const running = await rig.begin(rig.request('live'));
    await running.until('prepared', (snapshot) => snapshot.steps.find(({ id }) => id === 'prepare')?.state === 'done');
    const waiting = await running.until('waiting', (snapshot) => snapshot.state === 'waiting_for_people');
    expect(waiting.steps.find(({ id }) => id === 'fence')!.state).toBe('not_executed');
    expect(world.log).toEqual(['prepared=3']);
    expect(waiting.gates[0]).toMatchObject({
      state: 'open',
      approvers: ['second', 'third'],
      facts: { 'read-left': { reading: 1 } },
    });
  });

  it('admits one live execution per service and names the holder in the workflow’s memo', async () => {
    const rig = await rigWith(new TestWorld());
    const first = await rig.begin(rig.request('live'));
    await expect(rig.begin(rig.request('live'))).rejects.toBeInstanceOf(WorkflowExecutionAlreadyStartedError);
    expect((await first.handle.describe()).memo).toEqual({ executionId: first.request.executionId });
  });

  it('ends as refused, and leaves a record, when the request is not signed by whoever asks', async () => {
    const world = new TestWorld();
    const rig = await rigWith(world);
    const request = rig.request('live');
    const snapshot = await (await rig.begin({ ...request, reason: 'another reason' })).result();
    expect(snapshot).toMatchObject({ outcome: 'refused', error: { code: 'DR_SIGNATURE_INVALID', field: 'reason' } });
    expect((await rig.entries(request.executionId)).map(({ type }) => type)).toEqual(['opened', 'sealed']);
    expect(world.log).toEqual([]);
  });

  it('refuses to run a plan other than the one that was shown', async () => {
    const rig = await rigWith(new TestWorld());
    const snapshot = await (await rig.begin(rig.request('live', { planDigest: 'sha256:other' }))).result();
    expect(snapshot.error).toMatchObject({ code: 'DR_PLAN_CHANGED', expected: 'sha256:other' });
  });

  it('holds back new steps while paused and goes on when resumed', async () => {
    const world = new TestWorld();
    const rig = await rigWith(world);
    const running = await rig.begin(rig.request('live'));
    await running.until('the gate', (snapshot) => snapshot.state === 'waiting_for_people');
    await running.steer('pause');
    await running.approve('second');
    const paused = await running.until('paused', (snapshot) => snapshot.state === 'paused');
    expect(paused.gates[0]!.state).toBe('approved');
    expect(await refusal(running.steer('pause'))).toMatchObject({ code: 'DR_ALREADY_PAUSED' });
    expect(world.log).toEqual(['prepared=3']);
    await running.steer('resume');
    expect((await running.result()).outcome).toBe('succeeded');
  });

  it('opens the gate again, without the old approvals, when a bound does not hold before the fence', async () => {
    const world = new TestWorld();
    const rig = await rigWith(world);
    const running = await rig.begin(rig.request('live'));
    await running.until('the gate', (snapshot) => snapshot.state === 'waiting_for_people');
    await running.steer('pause');
    await running.approve('second');
    world.reading = 9;
    await running.steer('resume');
    const again = await running.until('a second round', (snapshot) => snapshot.gates[0]!.round === 2);
    expect(again.gates[0]).toMatchObject({
      state: 'open',
      approvals: [],
      bounds: [{ id: 'reading', value: 9, verdict: 'outside' }],
    });
    expect(world.switches.get('fence')).toBeUndefined();
    expect(await refusal(running.approve('second'))).toMatchObject({ code: 'DR_BOUND_OUTSIDE', field: 'reading' });
    world.reading = 2;
    await running.steer('retry', 'go');
    await running.approve('second');
    expect((await running.result()).outcome).toBe('succeeded');
  });

  it('goes on without its evidence store, says so, and writes everything once the store is back', async () => {
    const world = new TestWorld();
    const rig = await rigWith(world);
    const running = await rig.begin(rig.request('live'));
    await running.until('the gate', (snapshot) => snapshot.state === 'waiting_for_people');
    await rig.breakLedger(true);
    await running.approve('second');
    await running.until('held records', (snapshot) => snapshot.ledger.held > 0 && snapshot.state === 'sealing', 40_000);
    expect(world.switches.get('promoted')).toBe(1);
    await rig.breakLedger(false);
    expect((await running.result()).outcome).toBe('succeeded');
    expect((await rig.entries(running.request.executionId)).map(({ type }) => type)).toEqual([
      'opened',
      'approved',
      'sealed',
    ]);
  });
});

describe('a dry run', () => {
  it('changes nothing, names every call that live mode makes, and predicts what follows', async () => {
    const world = new TestWorld();
    const rig = await rigWith(world);
    const dry = await (await rig.begin(rig.request('dry_run'))).result();
    expect(dry.outcome).toBe('ready');
    expect(world.log).toEqual([]);
    expect(dry.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'read-left checked',
      'read-right checked',
      'prepare predicted',
      'fence predicted',
      'promote predicted',
      'last predicted',
      'verify checked',
      'measure checked',
    ]);
    const running = await rig.begin(rig.request('live'));
    await running.approve('second');
    await running.result();
    expect(dry.steps.flatMap((step) => step.calls.map((made) => made.target))).toEqual(world.log);
  });

  it('shows a call added to an action with no other edit', async () => {
    const world = new TestWorld();
    const rig = await rigWith(world, 1);
    const dry = await (await rig.begin(rig.request('dry_run'))).result();
    expect(dry.steps.find(({ id }) => id === 'fence')!.calls.map(({ target }) => target)).toEqual([
      'fence=1',
      'fence-extra-0=1',
    ]);
  });

  it('does not stop at a refusal: it collects it and ends blocked', async () => {
    const world = new TestWorld();
    world.broken.add('left').add('promoted');
    const rig = await rigWith(world);
    const dry = await (await rig.begin(rig.request('dry_run'))).result();
    expect(dry.outcome).toBe('blocked');
    expect(dry.steps.filter(({ state }) => state === 'blocked').map(({ id }) => id)).toEqual(['read-left', 'promote']);
    expect(dry.steps.find(({ id }) => id === 'last')).toMatchObject({ state: 'cannot_be_predicted' });
    expect(dry.steps.find(({ id }) => id === 'fence')).toMatchObject({ state: 'predicted' });
  });
});
