import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { deploymentChange, deploymentReading, deploymentTarget } from './deployment.ts';

/**
 * Starts deployments that `compute.stop` stopped: as many replicas as ran before, and no fewer than each must have. Never lowers one. Done when the specification says so, ready or not.
 */
export const startCompute = defineAction({
  id: 'compute.start',
  title: 'Start what was stopped',
  role: 'prepare',
  effect: 'change',
  drill: 'never',
  input: z.object({
    region: z.string(),
    deployments: z.array(deploymentTarget),
    /** As `compute.readScale` read them before they were stopped. */
    asRead: z.array(deploymentReading),
    /** As they were found when they were stopped: more may have run by then. */
    stopped: z.array(z.object({ namespace: z.string(), name: z.string(), before: z.int().nonnegative() })),
  }),
  output: z.object({ deployments: z.array(deploymentChange) }),
  permissions: ['eks:GetDeployment', 'eks:PatchDeploymentScale'],
  timeoutSeconds: 60,
  regionField: 'region',
});
