import { z } from 'zod';
import { defineAction } from '../../language/action.ts';

/**
 * Says what bringing a stack up would do, without doing it, so that whoever approves sees it and what forbids it comes out beforehand.
 * Refuses as `infrastructure.apply` does.
 */
export const planInfrastructure = defineAction({
  id: 'infrastructure.plan',
  title: 'Plan what bringing the recovery stack up would do',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({
    /** Region the stack is for, and in which its state must stand. */
    region: z.string(),
    folder: z.string(),
    variables: z.record(z.string(), z.string()),
  }),
  output: z.object({
    /** Addresses of resources, as the plan names them. */
    creates: z.array(z.string()),
    updates: z.array(z.string()),
    unchanged: z.int().nonnegative(),
    /** `local`: in the control place; else the kind of backend and its region. */
    state: z.string(),
  }),
  permissions: ['infrastructure:ReadPlan'],
  timeoutSeconds: 900,
  regionField: 'region',
});
