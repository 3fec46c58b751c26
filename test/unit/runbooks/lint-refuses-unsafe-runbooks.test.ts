import { describe, expect, it, test } from 'vitest';
import { EXAMPLE_SERVICE } from '../../../runbooks/example-service.ts';
import { RULES } from '../../../runbooks/language/lint/rules.ts';
import { lintRunbook } from '../../../runbooks/language/lint-runbook.ts';
import { move } from './lint-case.ts';
import { CASES_OF_CONDUCT } from './lint-cases-of-conduct.ts';
import { CASES_OF_FORM } from './lint-cases-of-form.ts';
import { CASES_OF_RESTORES } from './lint-cases-of-restores.ts';
import { VARIANTS } from './runbook-variants.ts';
import { brokenRules, toyRunbook } from './toy-runbook.ts';

const CASES = [...CASES_OF_CONDUCT, ...CASES_OF_RESTORES, ...CASES_OF_FORM];

describe.each(CASES)('$rule refuses $refuses', ({ rule, wrong, right }) => {
  it('finds it', () => expect(brokenRules(wrong)).toContain(rule));
  it('and leaves its neighbour alone', () => expect(brokenRules(right)).toEqual([]));
});

test('every rule has a case here, and every case a rule', () => {
  const problems = ['unique-ids', 'input-is-json'];
  const ruleIds = [...RULES.map((rule) => rule.id), ...problems].sort();
  expect([...new Set(CASES.map((each) => each.rule))].sort()).toEqual(ruleIds);
});

test('a finding names the step, what is wrong with its values, and the rule', () => {
  const findings = lintRunbook(toyRunbook(move({ probeRegion: { region: 'eu-central-1' } })), EXAMPLE_SERVICE);
  expect(findings).toEqual([
    {
      rule: 'traffic-after-probe',
      node: 'shift',
      says: 'it moves traffic to eu-west-3, whose front door nothing before it asked at its own address',
    },
  ]);
});

test.each(VARIANTS.map((variant) => [variant.says, variant] as const))('%s breaks no rule', (_, variant) => {
  expect(lintRunbook(variant.runbook, EXAMPLE_SERVICE, variant.parameters)).toEqual([]);
});
