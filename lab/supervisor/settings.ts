import { z } from 'zod';
import { LAB_DURATIONS } from '../topology.ts';

const durations = z.strictObject(
  Object.fromEntries(Object.keys(LAB_DURATIONS).map((name) => [name, z.number().min(0).optional()])) as Record<
    keyof typeof LAB_DURATIONS,
    z.ZodOptional<z.ZodNumber>
  >,
);

/** Processes a lab can do without, for tests that need only some of it. */
export const OPTIONAL_PARTS = ['temporal', 'worker', 'watch', 'observers'] as const;

/** Everything the supervisor is told, as the one JSON argument of its process. */
export const settingsSchema = z.strictObject({
  /** Folder of the lab's state; wiped when the lab starts. */
  dir: z.string(),
  /** Folder of downloads, kept between labs. */
  cacheDir: z.string(),
  /** Folder of the built programs: `dist`. */
  programDir: z.string(),
  basePort: z.number().nullable(),
  /** How late replication is from the start, in milliseconds. */
  lagMs: z.number().min(0),
  /** Whether the recovery region has a database that follows; without one only a restore brings the service back. */
  standby: z.boolean(),
  /** Whether the booking service honours its write lease; without it two writers are possible, and the observer must see them. */
  honoursLease: z.boolean(),
  temporal: z.strictObject({ explicit: z.string().nullable(), searchPath: z.string() }),
  /** Terraform-compatible binary that somebody set; else one is looked for, and none is built. */
  tofu: z.string().nullable(),
  durations,
  /** Go down when the process that started the supervisor ends, however it ends. */
  boundToParent: z.boolean(),
  /** Leave no folder behind: for a lab whose folder was made up. */
  removeDir: z.boolean(),
  without: z.array(z.enum(OPTIONAL_PARTS)),
});

export type Settings = z.output<typeof settingsSchema>;
