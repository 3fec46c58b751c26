import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';

/**
 * Brings a stack up with a Terraform-compatible binary: plan, then apply of exactly that plan, under the state's lock. A dry run is the
 * real plan. Refuses with `DR_INFRASTRUCTURE_FORBIDDEN` when the plan would create IAM (its control plane is us-east-1) or destroy
 * something, `DR_INFRASTRUCTURE_STATE` when its state does not stand in the region it is for, `DR_INFRASTRUCTURE_LOCKED`, `DR_INFRASTRUCTURE_FAILED`.
 */
export const applyInfrastructure = defineAction({
  id: 'infrastructure.apply',
  title: 'Bring the recovery stack up',
  role: 'prepare',
  effect: 'change',
  drill: 'never',
  input: z.object({
    /** Region the stack is for, and in which its state must stand. */
    region: z.string(),
    folder: z.string(),
    /** Of the stack's root module. Shown with the plan and kept in the record: never a secret. */
    variables: z.record(z.string(), z.string()),
  }),
  output: z.object({
    /** Addresses of resources, as the plan names them. */
    created: z.array(z.string()),
    updated: z.array(z.string()),
    unchanged: z.int().nonnegative(),
    /** Values the stack gives that are not sensitive, as JSON text. */
    outputs: z.record(z.string(), z.string()),
    infrastructureReadyAt: instant,
  }),
  permissions: ['infrastructure:ReadPlan', 'infrastructure:Apply'],
  timeoutSeconds: 3_600,
  regionField: 'region',
});
