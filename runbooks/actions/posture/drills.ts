import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { areaSchema } from './findings.ts';

const schedule = z.object({
  id: z.string(),
  runbook: z.string(),
  every: z.string(),
  /** How long a passing execution counts: the longest time between two runs, and how late one may be. */
  currentForSeconds: z.number().positive(),
});

export type LookedAtSchedule = z.output<typeof schedule>;

/** Every declared schedule has a passing execution that still counts. */
export const postureDrills = defineAction({
  id: 'posture.drills',
  title: 'Look whether drills are current',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ service: z.string(), schedules: z.array(schedule) }),
  output: areaSchema,
  permissions: ['ledger:Read'],
  timeoutSeconds: 30,
});
