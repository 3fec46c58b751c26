import type { Place } from '../topology.ts';

/**
 * How a link treats a connection.
 * - `open`: passes everything on.
 * - `refuse`: resets it, new or open.
 * - `black_hole`: accepts it and never says anything again; nothing that was on its way arrives.
 * - `slow`: passes everything on, late.
 * - `half_open`: requests arrive, answers do not.
 */
export const LINK_MODES = ['open', 'refuse', 'black_hole', 'slow', 'half_open'] as const;
export type LinkMode = (typeof LINK_MODES)[number];

/** A fault between two places. Connections are judged by who dials: `from` dials a part that stands in `to`. */
export interface Rule {
  readonly from: Place | '*';
  readonly to: Place | '*';
  readonly mode: LinkMode;
  /** Milliseconds each direction is late; only for `slow`, 250 if absent. */
  readonly delayMs?: number;
}

/** What holds for one connection at the moment. */
export interface Condition {
  readonly mode: LinkMode;
  /** Milliseconds each direction is late; 0 unless `slow`. */
  readonly delayMs: number;
}

const OPEN: Condition = { mode: 'open', delayMs: 0 };
const SLOW_DELAY_MS = 250;

/** Traffic within one place is touched only by a rule that names that place on both sides. */
function matches(rule: Rule, from: Place, to: Place): boolean {
  if (from === to) return rule.from === from && rule.to === to;
  return (rule.from === '*' || rule.from === from) && (rule.to === '*' || rule.to === to);
}

/** The last rule that matches holds; without one the way is open. */
export function conditionOf(rules: readonly Rule[], from: Place, to: Place): Condition {
  const rule = rules.findLast((candidate) => matches(candidate, from, to));
  if (!rule) return OPEN;
  return { mode: rule.mode, delayMs: rule.mode === 'slow' ? (rule.delayMs ?? SLOW_DELAY_MS) : 0 };
}

/** Bytes of such a connection were lost, so it cannot go on when the fault ends. */
export const losesBytes = (mode: LinkMode): boolean => mode === 'black_hole' || mode === 'half_open';
