import { z } from 'zod';

/** One of the service's clusters, in each region that has one. */
export const clusterPlaces = z.array(
  z.object({
    region: z.string(),
    cluster: z.string(),
    /** Key that its storage is declared to be encrypted with; `null`: none is declared. */
    kmsKey: z.string().nullable(),
  }),
);

export type ClusterPlace = z.output<typeof clusterPlaces>[number];
