import { describe, expect, it } from 'vitest';
import type { AnyImplementation } from '../../../activities/attempt/implement.ts';
import { executeCall } from '../../../activities/clients/execute-call.ts';
import { IMPLEMENTATIONS } from '../../../activities/registry.ts';
import type { Call } from '../../../domain/action.ts';
import { planSteps } from '../../../domain/plan.ts';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { compilePlan } from '../../../runbooks/language/compile-plan.ts';
import { VARIANTS } from '../runbooks/runbook-variants.ts';

/** Actions of every plan that every runbook can make for the example service, undos among them. */
const used = new Set(
  VARIANTS.flatMap(({ runbook, parameters }) =>
    planSteps(compilePlan({ runbook, service: EXAMPLE_SERVICE, parameters })).flatMap((step) =>
      step.undo ? [step.action, step.undo.action] : [step.action],
    ),
  ),
);
const READ = /^\w+:(Describe|List|Get|Head|Read|Resolve|Select)/;

const changesOf = ({ contract }: AnyImplementation): readonly string[] =>
  contract.permissions.filter((permission: string) => !READ.test(permission));

describe('the registry', () => {
  it('has one implementation for every action a runbook uses, and none that no runbook uses', () => {
    const implemented = IMPLEMENTATIONS.map(({ contract }) => contract.id);
    expect(new Set(implemented).size).toBe(implemented.length);
    expect([...implemented].sort()).toEqual([...used].sort());
  });

  it('holds no action that changes something without saying so', () => {
    for (const implementation of IMPLEMENTATIONS) {
      const { id, effect } = implementation.contract;
      expect([id, changesOf(implementation).length > 0]).toEqual([id, effect !== 'observe']);
    }
  });
});

describe('executors', () => {
  const attempt = (name: string): Promise<unknown> => {
    const [service, operation] = name.split(':') as [string, string];
    const call: Call = { service, operation, region: 'eu-west-3', target: 'x', input: {} };
    return executeCall({} as never, {} as never, call, new AbortController().signal);
  };

  it('are there for every change that an action declares', async () => {
    const changes = new Set(IMPLEMENTATIONS.flatMap(changesOf));
    expect(changes.size).toBeGreaterThan(5);
    for (const change of changes) {
      // Without clients every executor breaks; only a missing one says that nothing executes the call.
      await expect(attempt(change)).rejects.not.toMatchObject({ shape: { code: 'DR_CALL_NOT_DECLARED' } });
    }
  });

  it('are there for nothing else: an operation nobody wrote an executor for is refused', async () => {
    await expect(attempt('rds:DeleteGlobalCluster')).rejects.toMatchObject({
      shape: { code: 'DR_CALL_NOT_DECLARED', message: 'nothing executes rds:DeleteGlobalCluster' },
    });
    await expect(attempt('toString:')).rejects.toMatchObject({ shape: { code: 'DR_CALL_NOT_DECLARED' } });
  });
});
