import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { areaSchema } from './findings.ts';

/** The evidence store takes entries; found out without writing one. */
export const postureEvidence = defineAction({
  id: 'posture.evidence',
  title: 'Look at the evidence store',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({}),
  output: areaSchema,
  permissions: ['ledger:ReadAccess'],
  timeoutSeconds: 30,
});
