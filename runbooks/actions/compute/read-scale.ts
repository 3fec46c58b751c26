import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { deploymentReading, deploymentTarget } from './deployment.ts';

/** Reads replicas as they are, for the gate and for going back. Refuses with `DR_COMPUTE_NOT_READY` when a deployment is missing. */
export const readScale = defineAction({
  id: 'compute.readScale',
  title: 'Read how many replicas run',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ region: z.string(), deployments: z.array(deploymentTarget) }),
  output: z.object({
    deployments: z.array(deploymentReading),
    /** Replicas still to be started before every target is met. */
    missingReplicas: z.int().nonnegative(),
  }),
  permissions: ['eks:GetDeployment'],
  timeoutSeconds: 15,
  regionField: 'region',
});
