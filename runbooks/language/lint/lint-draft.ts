import type { Draft } from '../draft.ts';
import type { Finding } from '../finding.ts';
import { RULES } from './rules.ts';

/** Everything wrong with a draft, in the order of the rules. */
export function lintDraft(draft: Draft): readonly Finding[] {
  const breaches = RULES.flatMap((rule) => rule.check(draft).map((breach) => ({ rule: rule.id, ...breach })));
  return [...draft.problems, ...breaches];
}
