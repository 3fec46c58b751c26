import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { deploymentChange } from './deployment.ts';

/**
 * Scales deployments to nothing and waits until none of their pods is ready and every writer the region has on the list of the write
 * lease has withdrawn, or been silent for longer than a lease lasts. Connections outlive what is done to a database's name, so the
 * pods that hold them must be gone. Undo: `compute.restoreScale` with a reading taken before. Refuses with `DR_COMPUTE_NOT_READY`
 * when a deployment is missing.
 */
export const stopCompute = defineAction({
  id: 'compute.stop',
  title: 'Stop everything that writes',
  role: 'fence',
  effect: 'change',
  drill: 'never',
  input: z.object({
    region: z.string(),
    service: z.string(),
    deployments: z.array(z.object({ namespace: z.string(), name: z.string() })),
  }),
  output: z.object({
    deployments: z.array(deploymentChange),
    /** When nothing of it was to be seen any more. */
    fencedAt: instant,
  }),
  permissions: ['eks:GetDeployment', 'eks:PatchDeploymentScale', 'lease:Read'],
  timeoutSeconds: 600,
  regionField: 'region',
});
