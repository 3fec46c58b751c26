import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { areaSchema, findingSchema } from './findings.ts';

/**
 * Passes when nothing critical was found, and nothing critical is unknown; so that a scheduled posture which found something does not
 * end as a success. Refuses with `DR_POSTURE` naming each.
 */
export const postureVerdict = defineAction({
  id: 'posture.verdict',
  title: 'Say whether a recovery would work tonight',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    /** What each area found; absent when it could not be looked at. */
    areas: z.array(z.object({ area: z.string(), findings: z.exactOptional(z.array(findingSchema)) })),
  }),
  output: areaSchema.omit({ findings: true }).extend({
    fine: z.int().nonnegative(),
    /** Findings and unknown ones that are no more than warnings. */
    warnings: z.array(z.string()),
  }),
  permissions: [],
  timeoutSeconds: 30,
});
