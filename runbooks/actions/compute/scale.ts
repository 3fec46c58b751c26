import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { deploymentChange, deploymentTarget } from './deployment.ts';

/** Raises deployments to at least the replicas asked for; never lowers one. Done when the specification says so, ready or not. */
export const scaleCompute = defineAction({
  id: 'compute.scale',
  title: 'Raise the replicas',
  role: 'prepare',
  effect: 'change',
  drill: 'safe',
  input: z.object({ region: z.string(), deployments: z.array(deploymentTarget) }),
  output: z.object({ deployments: z.array(deploymentChange) }),
  permissions: ['eks:GetDeployment', 'eks:PatchDeploymentScale'],
  timeoutSeconds: 60,
  regionField: 'region',
});
