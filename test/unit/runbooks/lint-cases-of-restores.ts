import type { Build, LintCase } from './lint-case.ts';
import { alone } from './lint-case.ts';
import * as toy from './toy-actions.ts';
import { kept, lost, type ToyTools, why } from './toy-runbook.ts';

const withoutUndo = 'removed at the end';

/** A whole rehearsal that breaks nothing, with room for one thing to be different. */
function rehearsal(change: {
  restore?: { keep: true };
  cleanUp?: 'none' | 'not always' | 'elsewhere';
  marks?: false;
  conditional?: 'validation' | 'both';
  validatedBeforeMeasured?: false;
  /** A later step of the same role goes on with what was restored and validated. */
  settledAfterwards?: true;
}): Build {
  return ({ step }: ToyTools) => {
    const seen = step('look', toy.look, kept, { why });
    const when = { when: seen.out.ok };
    const restored = step(
      'restore',
      toy.restore,
      { ...kept, ...change.restore },
      { why, withoutUndo, ...(change.conditional === 'both' && when) },
    );
    const instance = step('instance', toy.restore, kept, {
      why,
      withoutUndo,
      after: [restored],
      ...(change.conditional === 'both' && when),
    });
    const validated = step('validate', toy.verify, kept, {
      why,
      after: [instance],
      ...(change.marks !== false && { marks: 'validated' as const }),
      ...(change.conditional && when),
    });
    // So that every change has a verification, whatever becomes of the validation.
    const stands = step('stands', toy.verify, kept, { why, after: [restored, instance] });
    const settled = change.settledAfterwards
      ? [step('settle', toy.restore, kept, { why, withoutUndo, after: [validated, instance] })]
      : [];
    const done = step('settled', toy.verify, kept, { why, after: [stands, ...settled] });
    step('measure', toy.measure, kept, {
      why,
      after: change.validatedBeforeMeasured === false ? [instance, done] : [validated, done],
    });
    if (change.cleanUp === 'none') return;
    step('clean', toy.cleanUp, change.cleanUp === 'elsewhere' ? lost : kept, {
      why,
      withoutUndo,
      always: change.cleanUp !== 'not always',
    });
  };
}

/** Rules about what is restored, copied and removed again. */
export const CASES_OF_RESTORES: readonly LintCase[] = [
  {
    rule: 'restore-is-cleaned-up',
    refuses: 'a restore that nothing removes',
    wrong: rehearsal({ cleanUp: 'none' }),
    right: rehearsal({}),
  },
  {
    rule: 'restore-is-cleaned-up',
    refuses: 'a restore whose clean-up does not run after a failure',
    wrong: rehearsal({ cleanUp: 'not always' }),
    right: rehearsal({ restore: { keep: true }, cleanUp: 'none' }),
  },
  {
    rule: 'restore-is-cleaned-up',
    refuses: 'a restore that is cleaned up in another region only',
    wrong: rehearsal({ cleanUp: 'elsewhere' }),
    right: rehearsal({ restore: { keep: true }, cleanUp: 'elsewhere' }),
  },
  {
    rule: 'restore-is-validated',
    refuses: 'a measurement that does not wait for the validation',
    wrong: rehearsal({ validatedBeforeMeasured: false }),
    right: rehearsal({}),
  },
  {
    rule: 'restore-is-validated',
    refuses: 'a restore verified by a step that does not say that it was found whole',
    wrong: rehearsal({ marks: false }),
    right: rehearsal({ settledAfterwards: true }),
  },
  {
    rule: 'restore-is-validated',
    refuses: 'a restore whose only validation is conditional',
    wrong: rehearsal({ conditional: 'validation' }),
    right: rehearsal({ conditional: 'both' }),
  },
  {
    rule: 'change-is-verified',
    refuses: 'a copy that nobody verifies, though a clean-up is its own proof',
    wrong: alone(({ step }) => {
      step('own', toy.makeOwn, kept, { why, withoutUndo });
    }),
    right: alone(({ step }) => {
      step('clean', toy.cleanUp, kept, { why, withoutUndo });
    }),
  },
  {
    rule: 'change-behind-gate',
    refuses: 'a change to what it did not make, though telling people needs nobody',
    wrong: alone(({ step }) => {
      const scaled = step('scale', toy.scale, kept, { why, withoutUndo });
      step('check', toy.verify, kept, { why, after: [scaled] });
    }),
    right: alone(({ step }) => {
      step('tell', toy.tell, kept, { why, withoutUndo });
    }),
  },
];
