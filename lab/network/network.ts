import { Link, type LinkOptions } from './link.ts';
import { LINK_MODES, type Rule } from './rule.ts';

export type { Link, LinkOptions } from './link.ts';
export type { LinkMode, Rule } from './rule.ts';

/** All links of a lab, and the faults between its places. */
export class Network {
  readonly #links = new Set<Link>();
  readonly #log: (line: string) => void;
  #rules: readonly Rule[] = [];

  constructor(options: { readonly log?: (line: string) => void } = {}) {
    this.#log = options.log ?? (() => {});
  }

  /** Puts a link before a part and listens. The part need not be there yet. */
  async link(options: LinkOptions): Promise<Link> {
    const link = await Link.open(options, {
      rules: () => this.#rules,
      log: this.#log,
      onClosed: (closed) => this.#links.delete(closed),
    });
    this.#links.add(link);
    return link;
  }

  get rules(): readonly Rule[] {
    return this.#rules;
  }

  /** Replaces all rules. When it returns they hold, on every link and on open connections too. */
  setRules(rules: readonly Rule[]): void {
    for (const rule of rules) check(rule);
    this.#rules = [...rules];
    for (const link of this.#links) link.applyRules();
  }

  /** Resets every connection and stops listening. */
  async close(): Promise<void> {
    await Promise.all([...this.#links].map((link) => link.close()));
  }
}

function check(rule: Rule): void {
  if (!LINK_MODES.includes(rule.mode)) {
    throw new Error(`rule ${rule.from} → ${rule.to}: mode is '${rule.mode}', must be one of ${LINK_MODES.join(', ')}`);
  }
  if (rule.delayMs !== undefined && !(rule.delayMs >= 0)) {
    throw new Error(`rule ${rule.from} → ${rule.to}: delayMs is ${rule.delayMs}, must be at least 0`);
  }
}
