import { z } from 'zod';
import { instant } from '../instant.ts';

/** What was looked at, and what is the matter with it. `unknown` is never fine: nobody could look, and `what` says why. */
export const findingSchema = z.object({
  /** `backups:retention`, `protection:deletion:eu-west-3`: area, question, and what it is about where there are several. */
  id: z.string(),
  verdict: z.enum(['fine', 'finding', 'unknown']),
  /** How bad it is when it is not fine. `critical`: a recovery tonight would fail or lose more than it may. */
  severity: z.enum(['critical', 'warning']),
  /** What was seen, with its values. */
  what: z.string(),
  /** Why it matters on the night it counts. */
  why: z.string(),
  /** What to do; empty when it is fine. */
  remedy: z.string(),
});

export type Finding = z.output<typeof findingSchema>;

const UNKNOWN = ': unknown, ';

/** What is said of something that nobody could look at. */
export const unknownText = (about: string, because: string): string => `${about}${UNKNOWN}${because}`;

/** The two halves of that again; of anything else the whole, without a reason. */
export function unknownParts(what: string): { readonly about: string; readonly because: string | null } {
  const at = what.indexOf(UNKNOWN);
  return at < 0
    ? { about: what, because: null }
    : { about: what.slice(0, at), because: what.slice(at + UNKNOWN.length) };
}

/** What every area of the posture gives. */
export const areaSchema = z.object({ findings: z.array(findingSchema).max(500), lookedAt: instant });
