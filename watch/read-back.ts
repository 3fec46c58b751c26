import { freshRequest } from './fresh-request.ts';
import type { VantageSettings } from './vantage-settings.ts';

/** A read that did not show what had been acknowledged before it began. */
export interface Mismatch {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly acknowledged: number;
  /** Newest canary that was shown; `null` when none was. */
  readonly found: number | null;
  readonly servedBy: string | null;
}

/**
 * Reads this vantage's newest canary back. `null` when it is at least as new as the newest acknowledged one, and when nothing
 * was read: that a service is down is the canaries' to tell.
 */
export async function readBack(settings: VantageSettings, acknowledged: number): Promise<Mismatch | null> {
  const { practitioner, vantage } = settings;
  const at = new Date().toISOString();
  const path = `/bookings/newest?${new URLSearchParams({ practitioner, vantage })}`;
  const answer = await freshRequest(settings, { method: 'GET', path }).catch(() => null);
  if (!answer || (answer.status !== 200 && answer.status !== 404)) return null;
  const { number = null, region = null } = answer.status === 200 ? parse(answer.body) : {};
  const found = typeof number === 'string' ? Number(number) : number;
  return found !== null && found >= acknowledged ? null : { at, acknowledged, found, servedBy: region };
}

/** The number may be text: databases hand out 64-bit integers so. */
function parse(body: string): { readonly number?: number | string | null; readonly region?: string | null } {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}
