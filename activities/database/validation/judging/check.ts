import type { Validation } from '../../../../runbooks/actions/database/validate.ts';
import type { StatementFailure } from '../../../clients/statement-failure.ts';

/** One thing that was looked at, and what came of it. */
export type Check = Validation['checks'][number];

type Figure = Check['expected'];

const check =
  (verdict: Check['verdict']) =>
  (id: string, says: string, expected: Figure = null, found: Figure = null): Check => ({
    id,
    says: says.slice(0, 300),
    verdict,
    expected,
    found,
  });

export const passed = check('passed');
export const failed = check('failed');
export const noticed = check('noticed');
export const notRun = (id: string, why: string): Check => check('not_run')(id, why);

/** Not permitted, not supported, or the snapshot is too young: says something about who asks, not about the data. */
const ABOUT_THE_ASKER = /^(42501|0A000|40001)$/;
/** Data or an index is corrupted, or the server found itself in a state that cannot be. */
const DAMAGE = /^XX/;

/** A check that came to nothing says nothing good of the data: only one that nobody may make is merely not made. */
export const unanswered = (id: string, what: string, failure: StatementFailure): Check =>
  ABOUT_THE_ASKER.test(failure.code)
    ? notRun(id, `${what} could not be looked at: ${failure.because}`)
    : unansweredThoughDeclared(id, what, failure);

/** What the service declared must be looked at: that nobody may is no excuse. */
export const unansweredThoughDeclared = (id: string, what: string, { code, because }: StatementFailure): Check =>
  DAMAGE.test(code)
    ? failed(id, `${what} is damaged: ${because}`, 'whole', code)
    : failed(id, `${what} cannot be read: ${because}`, 'an answer', code);

/** `1 row`, `2 rows`. */
export const counted = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
