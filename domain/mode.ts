/** `dry_run` changes nothing, `drill` only what it made or what is declared safe, `live` the real thing. */
export const MODES = ['dry_run', 'drill', 'live'] as const;
export type Mode = (typeof MODES)[number];

/** Why an execution is asked for. */
export const PURPOSES = ['incident', 'exercise', 'maintenance', 'scheduled'] as const;
export type Purpose = (typeof PURPOSES)[number];
