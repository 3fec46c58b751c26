import { z } from 'zod';
import { type AnyImplementation, implement } from '../../activities/attempt/implement.ts';
import { call, done, refuse } from '../../domain/action.ts';
import { errorShape } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { defineAction } from '../../runbooks/language/action.ts';

/** A small world for the engine to act on: named switches, kept in memory. The engine and Temporal are real. */
export class TestWorld {
  readonly switches = new Map<string, number>();
  /** Every change, in order, as `name=value`. */
  readonly log: string[] = [];
  /** Step names whose action refuses for now. */
  readonly broken = new Set<string>();
  /** Steps that wait until removed from here. */
  readonly held = new Set<string>();
  reading: number | null = 1;
}

const named = z.object({ name: z.string(), value: z.number().default(1) });

const common = { drill: 'safe', permissions: ['test:Set'], timeoutSeconds: 20 } as const;

export const setSwitch = defineAction({
  ...common,
  id: 'test.set',
  title: 'Set a switch',
  role: 'prepare',
  effect: 'change',
  input: named,
  output: z.object({ value: z.number() }),
});
export const fenceSwitch = defineAction({ ...setSwitch, id: 'test.fence', title: 'Fence', role: 'fence' });
export const promoteSwitch = defineAction({
  ...setSwitch,
  id: 'test.promote',
  title: 'Promote',
  role: 'promote',
  effect: 'irreversible',
});
export const clearSwitch = defineAction({ ...setSwitch, id: 'test.clear', title: 'Clear a switch' });
export const readSwitch = defineAction({
  ...common,
  id: 'test.read',
  title: 'Read',
  role: 'check',
  effect: 'observe',
  input: z.object({ name: z.string() }),
  output: z.object({ reading: z.number().nullable() }),
});
export const verifySwitch = defineAction({ ...readSwitch, id: 'test.verify', title: 'Verify', role: 'verify' });
export const measureNothing = defineAction({
  ...common,
  id: 'test.measure',
  title: 'Measure',
  role: 'measure',
  effect: 'observe',
  input: z.object({}),
  output: z.object({ rtoSeconds: z.number().nullable() }),
});

/** Implementations over one world. `extraCalls` lets a test add a call to an action and nothing else. */
export function implementations(world: TestWorld, extraCalls = 0): readonly AnyImplementation[] {
  const set = (name: string, value: number, operation: string) => ({
    service: 'test',
    operation,
    region: 'control',
    target: `${name}=${value}`,
    input: { name, value },
  });
  const setter = (contract: typeof setSwitch, operation: string, to: (value: number) => number) =>
    implement(contract, {
      observe: async (_clients, { name }, { signal }) => {
        while (world.held.has(name))
          await new Promise((resolve) => setTimeout(resolve, 20)).then(() => signal.throwIfAborted());
        return { value: world.switches.get(name) ?? 0, broken: world.broken.has(name) };
      },
      decide: ({ name, value }, seen) => {
        const wanted = to(value ?? 1);
        if (seen.broken) {
          return refuse(
            errorShape('DR_STANDBY_NOT_READY', `${name} is broken`, { expected: 'whole', actual: 'broken' }),
          );
        }
        if (seen.value === wanted) return done({ value: wanted });
        const more = Array.from({ length: extraCalls }, (_, n) => set(`${name}-extra-${n}`, wanted, operation));
        return call([set(name, wanted, operation), ...more], `${name} is ${seen.value}`, { value: wanted });
      },
      act: async (_clients, calls) =>
        calls.map(({ input, target }): Json => {
          const { name, value } = input as { name: string; value: number };
          world.switches.set(name, value);
          world.log.push(target);
          return null;
        }),
    });
  const reader = (contract: typeof readSwitch) =>
    implement(contract, {
      observe: async (_clients, { name }) => ({ reading: world.reading, broken: world.broken.has(name) }),
      decide: ({ name }, { reading, broken }) =>
        broken ? refuse(errorShape('DR_STANDBY_NOT_READY', `${name} is broken`)) : done({ reading }),
    });
  return [
    setter(setSwitch, 'Set', (value) => value),
    setter(fenceSwitch, 'Fence', (value) => value),
    setter(promoteSwitch, 'Promote', (value) => value),
    setter(clearSwitch, 'Clear', () => 0),
    reader(readSwitch),
    reader(verifySwitch),
    implement(measureNothing, { observe: async () => null, decide: () => done({ rtoSeconds: null }) }),
  ];
}
