import { z } from 'zod';
import type { RestorePlacement } from '../../../domain/service.ts';

/** Where a restored cluster is put: what AWS would otherwise take from its defaults. */
export const placement = z.object({
  subnetGroup: z.string().min(1),
  securityGroups: z.array(z.string().min(1)).min(1),
  parameterGroup: z.string().min(1),
  kmsKey: z.exactOptional(z.string()),
  instanceClass: z.string().min(1),
}) satisfies z.ZodType<RestorePlacement>;
