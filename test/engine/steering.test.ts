import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type AnyImplementation, implement } from '../../activities/attempt/implement.ts';
import { done } from '../../domain/action.ts';
import { LifeboatError } from '../../domain/errors.ts';
import { defineRunbook } from '../../runbooks/language/runbook.ts';
import { type NodeHandle, undo } from '../../runbooks/language/step.ts';
import { EngineRig, refusal } from './engine-rig.ts';
import { testRunbook } from './test-runbook.ts';
import {
  clearSwitch,
  implementations,
  promoteSwitch,
  readSwitch,
  setSwitch,
  TestWorld,
  verifySwitch,
} from './test-world.ts';

/** The implementations of a world, with some done otherwise. */
function otherwise(
  world: TestWorld,
  change: (action: AnyImplementation) => Partial<AnyImplementation>,
): readonly AnyImplementation[] {
  return implementations(world).map((action) => ({ ...action, ...change(action) }));
}

describe('a pause', () => {
  it('holds the fence back when it comes while a reopened gate is decided, and the facts are read again after it', async () => {
    const world = new TestWorld();
    const rig = await EngineRig.start(testRunbook, implementations(world));
    const running = await rig.begin(rig.request('live'));
    await running.until('the gate', (snapshot) => snapshot.state === 'waiting_for_people');
    await running.steer('pause');
    await running.approve('second');
    world.reading = 9;
    await running.steer('resume');
    await running.until('a second round', ({ gates }) => gates[0]!.round === 2 && gates[0]!.state === 'open');
    world.reading = 2;
    await running.steer('retry', 'go');
    await running.steer('pause');
    await running.approve('second');
    await running.until('paused', (snapshot) => snapshot.state === 'paused' && snapshot.gates[0]!.state === 'approved');
    // Long enough for the confirmation that the approval set off, and for a fence that would not be held.
    await delay(700);
    expect(world.switches.get('fence')).toBeUndefined();
    world.reading = 8;
    await running.steer('resume');
    await running.until(
      'a fourth round',
      ({ gates }) => gates[0]!.state === 'open' && gates[0]!.bounds[0]!.value === 8,
    );
    expect(world.switches.get('fence')).toBeUndefined();
  });
});

describe('a step that failed after it had sent something', () => {
  it('says so, is not called safe to repeat, and keeps the call in its record when the retry finds the effect', async () => {
    const world = new TestWorld();
    let answers = false;
    const rig = await EngineRig.start(
      testRunbook,
      otherwise(world, ({ contract, act }) =>
        contract.id === promoteSwitch.id
          ? {
              act: async (...parameters) => {
                await act!(...parameters);
                if (!answers) throw new LifeboatError('DR_CALL_FAILED', 'the answer was lost', { retryable: false });
                return [];
              },
            }
          : {},
      ),
    );
    const running = await rig.begin(rig.request('live'));
    await running.approve('second');
    const failed = await running.until('a failed step', (snapshot) => snapshot.state === 'step_failed');
    const step = failed.steps.find(({ id }) => id === 'promote')!;
    expect(step.calls.map(({ target }) => target)).toEqual(['promoted=1']);
    expect(step.choices.find(({ command }) => command === 'retry')!.because).toContain('it looks first');
    expect(step.attempts[0]).toMatchObject({ observations: 1, error: { code: 'DR_CALL_FAILED' } });
    answers = true;
    await running.steer('retry', 'promote');
    const snapshot = await running.result();
    const done = snapshot.steps.find(({ id }) => id === 'promote')!;
    expect(done).toMatchObject({ state: 'done', calls: [{ target: 'promoted=1' }] });
    expect(world.log.filter((line) => line === 'promoted=1')).toHaveLength(1);
  });
});

describe('an abort', () => {
  it('says after the point of no return that things were done, not that nothing was', async () => {
    const world = new TestWorld();
    world.broken.add('last');
    const rig = await EngineRig.start(testRunbook, implementations(world));
    const running = await rig.begin(rig.request('live'));
    await running.approve('second');
    await running.until('a failed step', (snapshot) => snapshot.state === 'step_failed');
    await running.signedStep('abort', 'second', null);
    const { error } = await running.result();
    expect(error!.remedy).toContain('lifeboat status');
  });

  it('cuts a look short, which is no defect, and still runs the clean-up that only looks', async () => {
    const world = new TestWorld();
    const cleaned: string[] = [];
    const withCleanUp = defineRunbook({
      ...testRunbook,
      build(tools) {
        testRunbook.build(tools);
        tools.step(
          'prove-clean',
          verifySwitch,
          { name: 'clean' },
          { why: 'nothing is left', always: true, onFailure: 'continue' },
        );
      },
    });
    const rig = await EngineRig.start(withCleanUp, [
      ...implementations(world).filter(
        ({ contract }) => contract.id !== readSwitch.id && contract.id !== verifySwitch.id,
      ),
      implement(readSwitch, {
        observe: (_clients, _input, { signal }) =>
          new Promise<null>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        decide: () => done({ reading: 1 }),
      }),
      implement(verifySwitch, {
        observe: async (_clients, { name }) => {
          await new Promise((resolve) => setTimeout(resolve, 200));
          cleaned.push(name);
        },
        decide: () => done({ reading: 1 }),
      }),
    ]);
    const running = await rig.begin(rig.request('live'));
    await running.until('looking', ({ steps }) =>
      steps.some(({ id, state }) => id === 'read-left' && state === 'running'),
    );
    await running.signedStep('abort', 'second', null);
    const snapshot = await running.result();
    expect(snapshot.outcome).toBe('aborted');
    expect(snapshot.steps.find(({ id }) => id === 'read-left')!.error).toMatchObject({ code: 'DR_ATTEMPT_CUT_SHORT' });
    // A worker that was away for seconds may have looked twice.
    expect(new Set(cleaned)).toEqual(new Set(['clean']));
    expect(snapshot.steps.find(({ id }) => id === 'prove-clean')!.state).toBe('done');
  });

  it('undoes changes in reverse order of their completion, whichever began first', async () => {
    const world = new TestWorld();
    world.held.add('slow');
    const twoChanges = defineRunbook({
      ...testRunbook,
      build(tools) {
        testRunbook.build(tools);
        const changes = ['slow', 'fast'].map((name) =>
          tools.step(
            name,
            setSwitch,
            { name, value: 1 },
            { why: 'harmless', prepare: true, undo: undo(clearSwitch, { name, value: 0 }) },
          ),
        );
        tools.step('verify-both', verifySwitch, { name: 'both' }, { why: 'are they so', after: changes });
      },
    });
    const rig = await EngineRig.start(twoChanges, implementations(world));
    const running = await rig.begin(rig.request('live'));
    const isDone = (name: string) =>
      running.until(name, ({ steps }) => steps.some(({ id, state }) => id === name && state === 'done'));
    await Promise.all([isDone('fast'), isDone('prepare')]);
    world.held.clear();
    await isDone('slow');
    await running.signedStep('abort', 'second', null);
    expect((await running.result()).outcome).toBe('aborted');
    expect(world.log.slice(-3)[0]).toBe('slow=0');
    expect(world.log.slice(-2).sort()).toEqual(['fast=0', 'prepared=0']);
  });
});

describe('an undo that fails', () => {
  it('leaves standing what the change it could not take back stands on, and takes back the rest', async () => {
    const world = new TestWorld();
    const stacked = defineRunbook({
      ...testRunbook,
      build(tools) {
        testRunbook.build(tools);
        const changing = (name: string, after: NodeHandle[]) =>
          tools.step(
            name,
            setSwitch,
            { name, value: 1 },
            { why: 'harmless', after, prepare: true, undo: undo(clearSwitch, { name, value: 0 }) },
          );
        const upper = changing('upper', [changing('lower', [])]);
        tools.step('verify-both', verifySwitch, { name: 'both' }, { why: 'are they so', after: [upper] });
      },
    });
    const rig = await EngineRig.start(stacked, implementations(world));
    const running = await rig.begin(rig.request('live'));
    await running.until('all is prepared', ({ steps }) =>
      ['upper', 'prepare'].every((name) => steps.some(({ id, state }) => id === name && state === 'done')),
    );
    world.broken.add('upper');
    await running.signedStep('abort', 'second', null);
    const snapshot = await running.result();
    expect(snapshot.error?.message).toContain('not undone: upper, lower');
    expect(snapshot.steps.find(({ id }) => id === 'lower')).toMatchObject({
      state: 'undo_failed',
      because: 'not undone: upper stands on it and could not be undone',
    });
    expect(Object.fromEntries(world.switches)).toMatchObject({ upper: 1, lower: 1, prepared: 0 });
  });
});

describe('a command that comes while the record is being sealed', () => {
  it('is told that the execution has ended, and leaves nothing behind the seal', async () => {
    const rig = await EngineRig.start(testRunbook, implementations(new TestWorld()));
    const running = await rig.begin(rig.request('live'));
    await running.until('the gate', (snapshot) => snapshot.state === 'waiting_for_people');
    await rig.breakLedger(true);
    await running.approve('second');
    await running.until('sealing', (snapshot) => snapshot.state === 'sealing', 40_000);
    expect(await refusal(running.signedStep('abort', 'second', null))).toMatchObject({ code: 'DR_EXECUTION_ENDED' });
    await rig.breakLedger(false);
    expect((await running.result()).outcome).toBe('succeeded');
    const entries = await rig.entries(running.request.executionId);
    expect(entries.map(({ type }) => type)).toEqual(['opened', 'approved', 'sealed']);
  });
});
