import { z } from 'zod';
import { defineRunbook } from '../../runbooks/language/runbook.ts';
import { undo } from '../../runbooks/language/step.ts';
import {
  clearSwitch,
  fenceSwitch,
  measureNothing,
  promoteSwitch,
  readSwitch,
  setSwitch,
  verifySwitch,
} from './test-world.ts';

/** Two reads side by side, a prepared change, a gate, a fence, the irreversible step, a last change, a verification. */
export const testRunbook = defineRunbook({
  id: 'test-move',
  version: 1,
  title: 'Move in the test world',
  workflow: 'regionFailover',
  exclusive: 'service',
  owner: 'tests',
  severity: 'none',
  whenNotToUse: ['outside tests'],
  triggers: [],
  pointOfNoReturn: 'promote',
  parameters: z.object({ quorum: z.int().default(1) }),
  example: () => ({}),
  build({ params, step, gate }) {
    const left = step('read-left', readSwitch, { name: 'left' }, { why: 'a fact' });
    const right = step('read-right', readSwitch, { name: 'right' }, { why: 'another fact' });
    const prepared = step(
      'prepare',
      setSwitch,
      { name: 'prepared', value: 3 },
      {
        why: 'harmless',
        prepare: true,
        after: [left],
        undo: undo(clearSwitch, { name: 'prepared', value: 0 }),
      },
    );
    const go = gate('go', {
      why: 'people decide',
      shows: [left, right],
      roles: ['approver'],
      quorum: params.quorum,
      bounds: [
        {
          id: 'reading',
          says: 'the reading is at most 5',
          fact: left.out.reading,
          atMost: 5,
          unknown: 'accept_by_name',
        },
      ],
    });
    const fence = step(
      'fence',
      fenceSwitch,
      { name: 'fence', value: 1 },
      {
        why: 'one writer',
        after: [go],
        marks: 'fenced',
        undo: undo(clearSwitch, { name: 'fence', value: 0 }),
      },
    );
    const promote = step('promote', promoteSwitch, { name: 'promoted', value: fence.out.value }, { why: 'the move' });
    const last = step(
      'last',
      setSwitch,
      { name: 'last', value: promote.out.value },
      {
        why: 'the rest',
        undo: undo(clearSwitch, { name: 'last', value: 0 }),
      },
    );
    step('verify', verifySwitch, { name: 'verify' }, { why: 'is it so', after: [last, prepared] });
    step('measure', measureNothing, {}, { why: 'figures', after: [last] });
  },
});
