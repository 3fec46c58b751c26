import type { SeenCopy } from '../look-at-copy.ts';
import { type Check, counted, failed, passed, unansweredThoughDeclared } from './check.ts';

export function judgeInvariants({ invariants }: SeenCopy): readonly Check[] {
  return invariants.map(({ invariant, violations }) => {
    const id = `invariant:${invariant.id}`;
    if ('failure' in violations) return unansweredThoughDeclared(id, `“${invariant.says}”`, violations.failure);
    return violations.value === 0
      ? passed(id, invariant.says, 0, 0)
      : failed(id, `${counted(violations.value, 'row')} against “${invariant.says}”`, 0, violations.value);
  });
}
