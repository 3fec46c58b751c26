import type { Region } from '../../topology.ts';

export type CallFaultKind =
  /** Refused before anything happens, as AWS does to who calls too often. */
  | 'throttle'
  /** Fails inside the service before anything happens. */
  | 'server_error'
  /** The effect happens, then the connection is reset without an answer. */
  | 'lost_reply';

/** Which calls go wrong, how, and how often. */
export interface CallFaultRule {
  readonly service: 'rds' | 'kms' | 's3' | 'route53';
  /** As AWS names it, or `*` for every one. */
  readonly operation: string;
  /** Region whose endpoint is called (Route 53: `us-east-1`), or `*`. */
  readonly region: Region | 'us-east-1' | '*';
  readonly kind: CallFaultKind;
  /** So many calls go wrong, then the rule is spent; `null`: until it is taken away. */
  readonly times: number | null;
  /** Of each call that fits, 0 to 1; absent means 1. */
  readonly probability?: number;
  /** Makes what `probability` picks repeatable. */
  readonly seed?: number;
}

interface ActiveRule {
  readonly rule: CallFaultRule;
  readonly random: () => number;
  left: number;
}

interface FaultedCall {
  readonly service: CallFaultRule['service'];
  readonly operation: string;
  readonly region: string;
}

/** How calls to the twins go wrong. One object serves all of them; the first rule that fits a call decides. */
export class CallFaults {
  #rules: ActiveRule[] = [];

  add(rule: CallFaultRule): void {
    const left = rule.times ?? Number.POSITIVE_INFINITY;
    this.#rules.push({ rule, random: seededRandom(rule.seed ?? 1), left });
  }

  clear(): void {
    this.#rules = [];
  }

  /** Rules not spent yet, with how often each still strikes. */
  get rules(): readonly (CallFaultRule & { readonly left: number | null })[] {
    return this.#rules.map(({ rule, left }) => ({ ...rule, left: Number.isFinite(left) ? left : null }));
  }

  /** What becomes of this call; counts against the rule's times. */
  take(call: FaultedCall): CallFaultKind | null {
    const found = this.#rules.find(
      (active) => fits(active.rule, call) && active.random() < (active.rule.probability ?? 1),
    );
    if (!found) return null;
    found.left -= 1;
    if (found.left <= 0) this.#rules = this.#rules.filter((active) => active !== found);
    return found.rule.kind;
  }
}

const fits = (rule: CallFaultRule, call: FaultedCall): boolean =>
  rule.service === call.service &&
  (rule.operation === '*' || rule.operation === call.operation) &&
  (rule.region === '*' || rule.region === call.region);

/** Mulberry32: small, and the same everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
