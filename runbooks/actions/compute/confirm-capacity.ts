import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { instant } from '../instant.ts';
import { deploymentReading, deploymentTarget } from './deployment.ts';

/** Waits until every deployment has at least the ready replicas asked for. Scaling never guarantees capacity; this looks. */
export const confirmCapacity = defineAction({
  id: 'compute.confirmCapacity',
  title: 'Wait until the replicas are ready',
  role: 'capacity',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ region: z.string(), deployments: z.array(deploymentTarget) }),
  output: z.object({ deployments: z.array(deploymentReading), capacityReadyAt: instant }),
  permissions: ['eks:GetDeployment'],
  timeoutSeconds: 600,
  regionField: 'region',
});
