import type { Json } from '../../domain/json.ts';

/** A result in a few words; `null` where there is nothing to say. */
export type Summary = (output: Json) => string | null;
