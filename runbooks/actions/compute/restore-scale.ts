import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { deploymentReading } from './deployment.ts';

/** Undo of `compute.scale`: sets replicas back to a reading taken before it. */
export const restoreScale = defineAction({
  id: 'compute.restoreScale',
  title: 'Set the replicas back',
  role: 'prepare',
  effect: 'change',
  drill: 'safe',
  input: z.object({
    region: z.string(),
    /** As `compute.readScale` read them; only `replicas` counts. */
    deployments: z.array(deploymentReading),
  }),
  output: z.object({
    deployments: z.array(z.object({ namespace: z.string(), name: z.string(), replicas: z.int().nonnegative() })),
  }),
  permissions: ['eks:GetDeployment', 'eks:PatchDeploymentScale'],
  timeoutSeconds: 60,
  regionField: 'region',
});
