import type { Bookmark } from '../../../../runbooks/actions/database/bookmark-schema.ts';
import type { SeenCopy } from '../look-at-copy.ts';
import { type Check, failed, notRun, passed, unansweredThoughDeclared } from './check.ts';

/** The newest canary of each vantage was acknowledged before the instant, so it must be there. */
export function judgeCanaries(bookmark: Bookmark | null, { canariesFound }: SeenCopy): readonly Check[] {
  if (bookmark === null) return [];
  if (bookmark.newestCanaries.length === 0)
    return [notRun('canary', 'the source had none, or nothing tells when they were written')];
  return bookmark.newestCanaries.map(({ vantage, number, writtenAt }) => {
    const id = `canary:${vantage}`;
    if ('failure' in canariesFound) return unansweredThoughDeclared(id, 'the canaries', canariesFound.failure);
    const there = canariesFound.value.some((found) => found.vantage === vantage && found.number === number);
    return there
      ? passed(id, `newest canary of ${vantage}, written ${writtenAt}`, number, number)
      : failed(id, `the newest canary of ${vantage}, written ${writtenAt}, is missing`, number, null);
  });
}
