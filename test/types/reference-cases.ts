/** What must and must not compile in a runbook. Checked by references.test.ts and by the type check; never run. */

import { z } from 'zod';
import { defineAction } from '../../runbooks/language/action.ts';
import type { DeclareGate } from '../../runbooks/language/gate.ts';
import type { Ref } from '../../runbooks/language/reference.ts';
import type { DeclareStep } from '../../runbooks/language/step.ts';
import { undo } from '../../runbooks/language/step.ts';

declare const step: DeclareStep;
declare const gate: DeclareGate;
declare const execution: { readonly id: Ref<string> };

const base = { role: 'check', effect: 'observe', drill: 'safe', permissions: [], timeoutSeconds: 1 } as const;
const record = z.object({ name: z.string(), ttl: z.number(), alias: z.string().optional() });
const capture = defineAction({
  ...base,
  id: 'test.capture',
  title: 'Capture',
  input: z.object({ zone: z.string(), names: z.array(z.string()) }),
  output: z.object({
    records: z.array(record),
    first: record,
    lag: z.number().nullable(),
    side: z.enum(['left', 'right']),
    ready: z.boolean(),
    exact: z.exactOptional(z.string()),
  }),
});
const change = defineAction({
  ...base,
  id: 'test.change',
  title: 'Change',
  input: z.object({
    from: z.array(record),
    region: z.enum(['eu-west-1', 'eu-west-3']),
    ttl: z.number().optional(),
    lag: z.number().nullable().optional(),
    label: z.string().optional(),
  }),
  output: z.object({ changeId: z.string() }),
});

export function compiles(): void {
  const before = step('a', capture, { zone: 'z', names: ['x', execution.id] }, { why: 'w' });
  const changed = step(
    'b',
    change,
    {
      from: before.out.records,
      region: 'eu-west-3',
      ttl: before.out.first.ttl,
      lag: before.out.lag,
      label: before.out.side,
    },
    { why: 'w', after: [before], undo: (own) => undo(capture, { zone: own.changeId, names: [before.out.first.name] }) },
  );
  // A part of an object may be a reference, another a value.
  step(
    'c',
    change,
    { from: [{ name: 'n', ttl: before.out.first.ttl }, before.out.first], region: 'eu-west-1' },
    { why: 'w' },
  );
  // A step that may end without an output feeds optional fields and conditions.
  const perhaps = step('d', capture, { zone: 'z', names: [] }, { why: 'w', onFailure: 'continue' });
  step(
    'e',
    change,
    { from: [], region: 'eu-west-1', ttl: perhaps.out.first.ttl },
    { why: 'w', when: perhaps.out.ready },
  );
  const go = gate('g', {
    why: 'w',
    shows: [before, perhaps],
    roles: ['approver'],
    quorum: 1,
    bounds: [
      { id: 'lag', says: 'small', fact: before.out.lag, atMost: 5, unknown: 'accept_by_name' },
      { id: 'ready', says: 'ready', fact: perhaps.out.ready, equals: true, unknown: 'refuse' },
    ],
  });
  step('f', capture, { zone: changed.out.changeId, names: [] }, { why: 'w', after: [go, changed] });
}

export function doesNotCompile(): void {
  const before = step('a', capture, { zone: 'z', names: [] }, { why: 'w' });
  const perhaps = step('b', capture, { zone: 'z', names: [] }, { why: 'w', when: before.out.ready });
  const dispensable = step('c', capture, { zone: 'z', names: [] }, { why: 'w', onFailure: 'continue' });

  // @ts-expect-error a field the action does not give
  step('d', capture, { zone: before.out.nothing, names: [] }, { why: 'w' });
  // @ts-expect-error a number into a string
  step('e', capture, { zone: before.out.first.ttl, names: [] }, { why: 'w' });
  // @ts-expect-error an optional field into a required one
  step('f', capture, { zone: before.out.first.alias, names: [] }, { why: 'w' });
  // @ts-expect-error an exactly optional field into a required one
  step('f', capture, { zone: before.out.exact, names: [] }, { why: 'w' });
  // @ts-expect-error unknown into a number that must be known
  step('g', change, { from: [], region: 'eu-west-1', ttl: before.out.lag }, { why: 'w' });
  // @ts-expect-error a wider string into a narrower one
  step('h', change, { from: [], region: before.out.first.name }, { why: 'w' });
  // @ts-expect-error an enumeration of other words
  step('i', change, { from: [], region: before.out.side }, { why: 'w' });
  // @ts-expect-error a conditional step's output into a required field
  step('j', capture, { zone: perhaps.out.first.name, names: [] }, { why: 'w' });
  // @ts-expect-error the output of a step that may fail into a required field
  step('k', capture, { zone: dispensable.out.first.name, names: [] }, { why: 'w' });
  // @ts-expect-error a required input field left out
  step('l', capture, { zone: 'z' }, { why: 'w' });
  // @ts-expect-error an input field the action does not take
  step('m', capture, { zone: 'z', names: [], colour: 'red' }, { why: 'w' });
  // @ts-expect-error no reason given
  step('n', capture, { zone: 'z', names: [] }, {});
  // @ts-expect-error a condition that is no yes or no
  step('o', capture, { zone: 'z', names: [] }, { why: 'w', when: before.out.lag });
  // @ts-expect-error a mark nobody knows
  step('p', capture, { zone: 'z', names: [] }, { why: 'w', marks: 'finished' });
  // @ts-expect-error an option that does not exist
  step('q', capture, { zone: 'z', names: [] }, { why: 'w', timeout: 5 });
  // @ts-expect-error an undo with the wrong input
  step('r', change, { from: [], region: 'eu-west-1' }, { why: 'w', undo: undo(capture, { zone: 1, names: [] }) });
  const fixed = { from: [], region: 'eu-west-1' } as const;
  // @ts-expect-error an undo that reads a field the step does not give
  step('s', change, fixed, { why: 'w', undo: (own) => undo(capture, { zone: own.x, names: [] }) });

  const shown = { why: 'w', shows: [before], roles: ['approver'], quorum: 1 } as const;
  // @ts-expect-error a bound on words where it compares numbers
  gate('t', { ...shown, bounds: [{ id: 'b', says: 's', fact: before.out.side, atMost: 1, unknown: 'refuse' }] });
  // @ts-expect-error a bound that does not say what unknown means
  gate('u', { ...shown, bounds: [{ id: 'b', says: 's', fact: before.out.lag, atMost: 1 }] });
  // @ts-expect-error a gate for a role nobody has
  gate('v', { ...shown, roles: ['boss'] });
}

const half = { ...base, id: 'test.x', title: 'X', input: z.object({ a: z.string() }), output: z.object({}) };
// @ts-expect-error a region field that the input does not have
export const misplaced = defineAction({ ...half, regionField: 'b' });
