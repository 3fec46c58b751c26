import { describe, expect, it } from 'vitest';
import { EngineRig, refusal } from './engine-rig.ts';
import { testRunbook } from './test-runbook.ts';
import { implementations, TestWorld } from './test-world.ts';

async function failingAt(name: string) {
  const world = new TestWorld();
  world.broken.add(name);
  const rig = await EngineRig.start(testRunbook, implementations(world));
  const running = await rig.begin(rig.request('live'));
  await running.approve('second');
  const failed = await running.until('a failed step', (snapshot) => snapshot.state === 'step_failed');
  return { world, rig, running, failed };
}

describe('a failed step', () => {
  it('asks people, says what they can do, and is done when retried', async () => {
    const { world, running, failed } = await failingAt('promoted');
    const step = failed.steps.find(({ id }) => id === 'promote')!;
    expect(step.error).toMatchObject({ code: 'DR_STANDBY_NOT_READY' });
    expect(step.choices.map(({ command, possible }) => `${command} ${possible}`)).toEqual([
      'retry true',
      'abort true',
      'skip false',
    ]);
    world.broken.clear();
    await running.steer('retry', 'promote');
    const snapshot = await running.result();
    expect(snapshot.outcome).toBe('succeeded');
    expect(
      snapshot.steps.find(({ id }) => id === 'promote')!.attempts.map(({ error }) => error?.code ?? 'done'),
    ).toEqual(['DR_STANDBY_NOT_READY', 'done']);
    expect(world.log.filter((line) => line === 'promoted=1')).toHaveLength(1);
  });

  it('is skipped only by another person when it lies behind a gate, and never when its output is needed', async () => {
    const { running } = await failingAt('verify');
    expect(await refusal(running.signedStep('skip', 'asker', 'verify'))).toMatchObject({
      code: 'DR_SECOND_PERSON_NEEDED',
    });
    await running.signedStep('skip', 'second', 'verify');
    const snapshot = await running.result();
    expect(snapshot.outcome).toBe('succeeded');
    expect(snapshot.steps.find(({ id }) => id === 'verify')).toMatchObject({ state: 'skipped' });
    const other = await failingAt('fence');
    expect(await refusal(other.running.signedStep('skip', 'second', 'fence'))).toMatchObject({
      code: 'DR_SKIP_REFUSED',
    });
  });

  it('refuses a retry of a step that has not failed', async () => {
    const { running } = await failingAt('promoted');
    expect(await refusal(running.steer('retry', 'fence'))).toMatchObject({ code: 'DR_STEP_NOT_FAILED' });
    expect(await refusal(running.steer('retry', 'no-such'))).toMatchObject({ code: 'DR_STEP_UNKNOWN' });
  });
});

describe('an abort', () => {
  it('undoes reversible changes in reverse order while nothing irreversible has begun', async () => {
    const { world, running, failed } = await failingAt('fence');
    expect(failed.steps.find(({ id }) => id === 'fence')!.choices[1]!.because).toContain('nothing irreversible');
    await running.signedStep('abort', 'asker', null);
    const snapshot = await running.result();
    expect(snapshot.outcome).toBe('aborted');
    expect(world.log).toEqual(['prepared=3', 'prepared=0']);
    expect(snapshot.steps.find(({ id }) => id === 'promote')!.state).toBe('not_executed');
  });

  it('undoes nothing past the point of no return and hands over to people', async () => {
    const { world, running } = await failingAt('last');
    await running.signedStep('abort', 'second', null);
    const snapshot = await running.result();
    expect(snapshot.outcome).toBe('handed_over');
    expect(world.log).toEqual(['prepared=3', 'fence=1', 'promoted=1']);
    expect(snapshot.steps.find(({ id }) => id === 'fence')!.state).toBe('done');
  });

  it('lets the attempt in flight finish and starts nothing new', async () => {
    const world = new TestWorld();
    world.held.add('fence');
    const rig = await EngineRig.start(testRunbook, implementations(world));
    const running = await rig.begin(rig.request('live'));
    await running.approve('second');
    await running.until('fencing', (snapshot) => snapshot.steps.find(({ id }) => id === 'fence')?.state === 'running');
    await running.signedStep('abort', 'second', null);
    world.held.clear();
    const snapshot = await running.result();
    expect(snapshot.outcome).toBe('aborted');
    expect(world.log).toEqual(['prepared=3', 'fence=1', 'fence=0', 'prepared=0']);
  });

  it('treats a cancellation from Temporal’s own tools as an abort', async () => {
    const world = new TestWorld();
    const rig = await EngineRig.start(testRunbook, implementations(world));
    const running = await rig.begin(rig.request('live'));
    await running.until('prepared', (snapshot) => snapshot.steps.find(({ id }) => id === 'prepare')?.state === 'done');
    await running.handle.cancel();
    expect((await running.result()).outcome).toBe('aborted');
    expect(world.switches.get('prepared')).toBe(0);
  });
});

describe('a run that was terminated', () => {
  it('is found by the next start and sealed as interrupted', async () => {
    const rig = await EngineRig.start(testRunbook, implementations(new TestWorld()));
    const first = await rig.begin(rig.request('live'));
    await first.until('the gate', (snapshot) => snapshot.state === 'waiting_for_people');
    await first.handle.terminate('the region took it');
    const second = await rig.begin(rig.request('dry_run'));
    await second.result();
    const entries = await rig.entries(first.request.executionId);
    expect(entries.at(-1)).toMatchObject({ type: 'sealed', facts: { outcome: 'interrupted' } });
  });
});
