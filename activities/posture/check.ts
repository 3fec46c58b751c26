import { type Finding, unknownText } from '../../runbooks/actions/posture/findings.ts';

/** One question that a posture asks: what it is about, how bad a bad answer is, why, and what to do then. */
export interface Check {
  readonly id: string;
  /** What is unknown when nobody answers: `the retention of backups`. */
  readonly about: string;
  readonly severity: Finding['severity'];
  readonly why: string;
  readonly remedy: string;
}

const given = ({ id, severity, why }: Check) => ({ id, severity, why });

export const fine = (check: Check, what: string): Finding => ({ ...given(check), verdict: 'fine', what, remedy: '' });

export const found = (check: Check, what: string, remedy = check.remedy): Finding => ({
  ...given(check),
  verdict: 'finding',
  what,
  remedy,
});

/** @param because what stood in the way of an answer */
export const unknown = (check: Check, because: string, remedy = LOOK_AGAIN): Finding => ({
  ...given(check),
  verdict: 'unknown',
  what: unknownText(check.about, because),
  remedy,
});

const LOOK_AGAIN = 'Find out why nothing answers there, then look again.';

/** Fine or a finding, by one condition. */
export const judged = (check: Check, isFine: boolean, what: string): Finding =>
  isFine ? fine(check, what) : found(check, what);
