import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { implement } from '../../activities/attempt/implement.ts';
import { done } from '../../domain/action.ts';
import { defineAction } from '../../runbooks/language/action.ts';
import { defineRunbook } from '../../runbooks/language/runbook.ts';
import { EngineRig } from './engine-rig.ts';
import { clearSwitch, implementations, measureNothing, setSwitch, TestWorld, verifySwitch } from './test-world.ts';

const tidy = defineAction({ ...clearSwitch, id: 'test.tidy', title: 'Tidy', role: 'cleanup', drill: 'own' });
const make = defineAction({ ...setSwitch, id: 'test.make', title: 'Make', role: 'restore', drill: 'own' });
const tell = defineAction({
  id: 'test.tell',
  title: 'Tell how it ended',
  role: 'notify',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ outcome: z.string() }),
  output: z.object({ told: z.string() }),
  permissions: [],
  timeoutSeconds: 20,
});

const drill = defineRunbook({
  id: 'test-drill',
  version: 1,
  title: 'Make something, look at it, remove it',
  workflow: 'pitrRestoreDrill',
  exclusive: 'none',
  owner: 'tests',
  severity: 'none',
  whenNotToUse: ['outside tests'],
  triggers: [],
  pointOfNoReturn: 'none',
  parameters: z.object({}),
  example: () => ({}),
  build({ step, execution }) {
    const made = step(
      'make',
      make,
      { name: 'made', value: 1 },
      { why: 'the thing', onFailure: 'abort', withoutUndo: 'tidy removes it' },
    );
    const verified = step(
      'verify',
      verifySwitch,
      { name: 'verify' },
      { why: 'is it whole', after: [made], marks: 'validated', onFailure: 'abort' },
    );
    step('measure', measureNothing, {}, { why: 'figures', after: [verified], onFailure: 'abort' });
    step(
      'tidy',
      tidy,
      { name: 'made', value: 0 },
      { why: 'nothing stays', always: true, withoutUndo: 'it is the undo' },
    );
    step('tell', tell, { outcome: execution.outcome }, { why: 'people should know', always: true });
  },
});

async function run(world: TestWorld, mode: 'drill' | 'dry_run' = 'drill') {
  const setters = implementations(world);
  const setterOf = (id: string) => setters.find(({ contract }) => contract.id === id)!;
  const rig = await EngineRig.start(drill, [
    ...setters,
    { ...setterOf('test.set'), contract: make },
    { ...setterOf('test.clear'), contract: tidy },
    implement(tell, { observe: async () => null, decide: ({ outcome }) => done({ told: outcome }) }),
  ]);
  const running = await rig.begin(rig.request(mode));
  const snapshot = await running.result();
  const told = snapshot.steps.find(({ id }) => id === 'tell')!.output;
  return { snapshot, told, world };
}

describe('steps that always run', () => {
  it('remove what was made after a success, and know that it was one', async () => {
    const { snapshot, told, world } = await run(new TestWorld());
    expect(snapshot.outcome).toBe('succeeded');
    expect(world.log).toEqual(['made=1', 'made=0']);
    expect(told).toEqual({ told: 'succeeded' });
  });

  it('remove it after a failure too, and know that it was one', async () => {
    const world = new TestWorld();
    world.broken.add('verify');
    const { snapshot, told } = await run(world);
    expect(snapshot.outcome).toBe('failed');
    expect(snapshot.error?.code).toBe('DR_STANDBY_NOT_READY');
    expect(world.log).toEqual(['made=1', 'made=0']);
    expect(told).toEqual({ told: 'failed' });
  });

  it('turn a success into a failure when the clean-up failed: something was left behind', async () => {
    const world = new TestWorld();
    const { snapshot, told } = await run(
      Object.assign(world, { broken: { has: (name: string) => name === 'made' && world.switches.get('made') === 1 } }),
    );
    expect(snapshot.steps.find(({ id }) => id === 'tidy')!.state).toBe('failed');
    expect(snapshot.outcome).toBe('failed');
    expect(snapshot.error?.message).toContain('made is broken');
    expect(told).toEqual({ told: 'failed' });
  });

  it('are walked in a dry run, which changes nothing and predicts a good end', async () => {
    const { snapshot, told, world } = await run(new TestWorld(), 'dry_run');
    expect(snapshot.outcome).toBe('ready');
    expect(told).toEqual({ told: 'succeeded' });
    expect(world.log).toEqual([]);
  });
});
