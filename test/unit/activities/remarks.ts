import { judgeCopy } from '../../../activities/database/validation/judging/judge-copy.ts';
import type { SeenCopy } from '../../../activities/database/validation/look-at-copy.ts';
import type { Bookmark } from '../../../runbooks/actions/database/bookmark-schema.ts';
import { validationSchema } from '../../../runbooks/actions/database/validate.ts';
import { aBookmark, aCopy, SEQUENCE } from './a-copy.ts';

/** Every check that did not simply pass. */
export function remarks(change: Partial<SeenCopy>, bookmark: Bookmark | null = aBookmark()) {
  const { validation } = judgeCopy(bookmark, aCopy(change));
  validationSchema.parse(validation);
  return validation.checks.filter(({ verdict }) => verdict !== 'passed');
}

/** A copy whose sequence stands there. */
export const state = (last: string, furthest: string | null, change: Partial<typeof SEQUENCE> = {}, called = true) => ({
  sequences: [{ sequence: { ...SEQUENCE, ...change }, state: { value: { last, called, furthest } } }],
});
