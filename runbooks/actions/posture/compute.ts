import { z } from 'zod';
import { defineAction } from '../../language/action.ts';
import { areaSchema } from './findings.ts';

const deployment = z.object({
  region: z.string(),
  namespace: z.string(),
  name: z.string(),
  /** Pods that must be ready here while nothing is wrong. */
  readyAtLeast: z.int().positive(),
  /** Pods that carry production load. */
  replicas: z.int().positive(),
});

export type LookedAtDeployment = z.output<typeof deployment>;

/** Enough pods are ready in both regions, and disruption budgets keep them through a drain of nodes. */
export const postureCompute = defineAction({
  id: 'posture.compute',
  title: 'Look at pods and disruption budgets',
  role: 'check',
  effect: 'observe',
  drill: 'safe',
  input: z.object({ deployments: z.array(deployment) }),
  output: areaSchema,
  permissions: ['eks:GetDeployment', 'eks:ListPodDisruptionBudgets'],
  timeoutSeconds: 30,
});
