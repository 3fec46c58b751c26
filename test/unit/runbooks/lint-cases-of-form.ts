import { makeReference } from '../../../runbooks/language/reference.ts';
import { underSameCondition, undo } from '../../../runbooks/language/step.ts';
import { alone, type LintCase } from './lint-case.ts';
import * as toy from './toy-actions.ts';
import { kept, lost, why } from './toy-runbook.ts';

/** Rules about how a runbook is written: names, references, inputs. */
export const CASES_OF_FORM: readonly LintCase[] = [
  {
    rule: 'every-node-says-why',
    refuses: 'a step without a reason',
    wrong: alone(({ step }) => {
      step('look', toy.look, kept, { why: ' ' });
    }),
    right: alone(({ step }) => {
      step('look', toy.look, kept, { why });
    }),
  },
  {
    rule: 'well-formed-ids',
    refuses: 'an id that nobody would type',
    wrong: alone(({ step }) => {
      step('Look Here', toy.look, kept, { why });
    }),
    right: alone(({ step }) => {
      step('look-here-2', toy.look, kept, { why });
    }),
  },
  {
    rule: 'unique-ids',
    refuses: 'two steps of one name',
    wrong: alone(({ step }) => {
      step('look', toy.look, kept, { why });
      step('look', toy.look, kept, { why });
    }),
    right: alone(({ step }) => {
      step('look', toy.look, kept, { why });
      step('look-again', toy.look, kept, { why });
    }),
  },
  {
    rule: 'known-nodes',
    refuses: 'waiting for a step that is not there',
    wrong: alone(({ step }) => {
      step('look', toy.look, kept, { why, after: [{ id: 'nowhere' }] });
    }),
    right: alone(({ step }) => {
      step('look', toy.look, kept, { why, after: [{ id: 'measure' }] });
    }),
  },
  {
    rule: 'no-cycles',
    refuses: 'steps that wait for each other',
    wrong: alone(({ step }) => {
      step('hen', toy.look, kept, { why, after: [{ id: 'egg' }] });
      step('egg', toy.look, kept, { why, after: [{ id: 'hen' }] });
    }),
    right: alone(({ step }) => {
      step('hen', toy.look, kept, { why, after: [{ id: 'egg' }] });
      step('egg', toy.look, kept, { why });
    }),
  },
  {
    rule: 'no-cycles',
    refuses: 'an undo that reads a step which only runs later',
    wrong: alone(({ step }) => {
      const later = makeReference<string>('later', 'name');
      const own = step('own', toy.makeOwn, kept, { why, undo: undo(toy.makeOwn, { ...kept, name: later }) });
      step('later', toy.verify, kept, { why, after: [own] });
    }),
    right: alone(({ step }) => {
      const earlier = step('earlier', toy.look, kept, { why });
      const own = step('own', toy.makeOwn, kept, {
        why,
        undo: (made) => undo(toy.makeOwn, { ...kept, name: earlier.out.name, count: made.count }),
      });
      step('later', toy.verify, kept, { why, after: [own] });
    }),
  },
  {
    rule: 'output-paths',
    refuses: 'a reference to a field that the step does not give',
    wrong: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why });
      step('use', toy.look, { ...kept, name: makeReference<string>(seen.id, 'inner', 'shallow') }, { why });
    }),
    right: alone(({ step, execution }) => {
      const seen = step('see', toy.look, { ...kept, name: execution.id }, { why });
      step('use', toy.look, { ...kept, name: seen.out.inner.deep }, { why });
    }),
  },
  {
    rule: 'inputs-fit',
    refuses: 'an input that cannot fit its contract',
    wrong: alone(({ step }) => {
      step('look', toy.look, { ...kept, count: 'three' as unknown as number }, { why });
    }),
    right: alone(({ step }) => {
      step('look', toy.look, { ...kept, count: 3 }, { why });
    }),
  },
  {
    rule: 'inputs-fit',
    refuses: 'a required field read from a step that may end without an output',
    wrong: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why, onFailure: 'continue' });
      step('use', toy.look, { region: seen.out.name as unknown as string }, { why });
    }),
    right: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why, onFailure: 'continue' });
      step('use', toy.look, { ...kept, name: seen.out.name }, { why });
    }),
  },
  {
    rule: 'inputs-fit',
    refuses: 'a required field read from a conditional step under another condition',
    wrong: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why });
      const perhaps = underSameCondition(step('perhaps', toy.look, kept, { why, when: seen.out.ok }));
      step('use', toy.name, { region: kept.region, name: perhaps.out.name }, { why });
    }),
    right: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why });
      const perhaps = underSameCondition(step('perhaps', toy.look, kept, { why, when: seen.out.ok }));
      step('use', toy.name, { region: kept.region, name: perhaps.out.name }, { why, when: seen.out.ok });
    }),
  },
  {
    rule: 'inputs-fit',
    refuses: 'a required field read from a step that may fail, though under the same condition',
    wrong: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why });
      const perhaps = underSameCondition(
        step('perhaps', toy.look, kept, { why, when: seen.out.ok, onFailure: 'continue' }),
      );
      step('use', toy.name, { region: kept.region, name: perhaps.out.name }, { why, when: seen.out.ok });
    }),
    right: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why });
      const perhaps = underSameCondition(
        step('perhaps', toy.look, kept, { why, when: seen.out.ok, onFailure: 'abort' }),
      );
      step('use', toy.name, { region: kept.region, name: perhaps.out.name }, { why, when: seen.out.ok });
    }),
  },
  {
    rule: 'input-is-json',
    refuses: 'an input that would not survive JSON',
    wrong: alone(({ step }) => {
      step('look', toy.look, { ...kept, count: Number.NaN }, { why });
    }),
    right: alone(({ step }) => {
      step('look', toy.look, { ...kept, count: 0 }, { why });
    }),
  },
  {
    rule: 'literal-regions',
    refuses: 'a region that is only known when the step runs',
    wrong: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why });
      step('use', toy.look, { region: seen.out.name }, { why });
    }),
    right: alone(({ step }) => {
      step('use', toy.look, kept, { why });
    }),
  },
  {
    rule: 'literal-regions',
    refuses: 'an undo in another region than the change',
    wrong: alone(({ step }) => {
      const own = step('own', toy.makeOwn, kept, { why, undo: undo(toy.makeOwn, lost) });
      step('check', toy.verify, kept, { why, after: [own] });
    }),
    right: alone(({ step }) => {
      const own = step('own', toy.makeOwn, kept, { why, undo: undo(toy.makeOwn, kept) });
      step('check', toy.verify, kept, { why, after: [own] });
    }),
  },
  {
    rule: 'always-reads-nothing',
    refuses: 'clean-up that needs the output of a step that may have failed',
    wrong: alone(({ step }) => {
      const seen = step('see', toy.look, kept, { why });
      step('clean', toy.look, { ...kept, name: seen.out.name }, { why, always: true });
    }),
    right: alone(({ step, execution }) => {
      const seen = step('see', toy.look, kept, { why });
      step('clean', toy.look, { ...kept, name: execution.id }, { why, always: true, after: [seen] });
    }),
  },
];
