import { z } from 'zod';

/** ISO 8601, UTC, as `Date.prototype.toISOString` writes it. */
export const instant = z.iso.datetime();
