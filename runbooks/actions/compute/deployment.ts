import { z } from 'zod';

/** A deployment and the least number of replicas it shall have. */
export const deploymentTarget = z.object({
  namespace: z.string(),
  name: z.string(),
  minimumReplicas: z.int().nonnegative(),
});

/** A deployment's replicas before and after they were changed. */
export const deploymentChange = z.object({
  namespace: z.string(),
  name: z.string(),
  before: z.int().nonnegative(),
  after: z.int().nonnegative(),
});

/** A deployment as it was found. */
export const deploymentReading = z.object({
  namespace: z.string(),
  name: z.string(),
  replicas: z.int().nonnegative(),
  ready: z.int().nonnegative(),
});
