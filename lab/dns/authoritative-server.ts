import type { Endpoint } from '../topology.ts';
import { DnsListener } from './dns-listener.ts';
import type { HealthChecks } from './health-checks.ts';
import type { Zone } from './zone.ts';
import { type ZoneView, zoneAnswer } from './zone-answer.ts';

interface AuthoritativeServerOptions {
  readonly zone: Zone;
  readonly checks: HealthChecks;
  /** How long a record edit or a health verdict takes to reach this server; read at each change. */
  readonly lagMs: () => number;
}

/** One name server of the zone. It answers from its own view, which follows zone and health checks with a lag. */
export class AuthoritativeServer {
  readonly #zone: Zone;
  readonly #checks: HealthChecks;
  readonly #lagMs: () => number;
  readonly #listener = new DnsListener((question) => zoneAnswer(this.#view, question), { tcp: true });
  readonly #pending = new Set<NodeJS.Timeout>();
  readonly #follow = () => this.#takeOver();
  #view: ZoneView;
  #changesSeen = 0;
  #changesServed = 0;

  constructor(options: AuthoritativeServerOptions) {
    this.#zone = options.zone;
    this.#checks = options.checks;
    this.#lagMs = options.lagMs;
    this.#view = this.#snapshot();
    this.#zone.on('change', this.#follow);
    this.#checks.on('change', this.#follow);
  }

  /** Serial of the zone as this server knows it. */
  get serial(): number {
    return this.#view.serial;
  }

  listen(at: Endpoint): Promise<void> {
    return this.#listener.listen(at);
  }

  async close(): Promise<void> {
    this.#zone.off('change', this.#follow);
    this.#checks.off('change', this.#follow);
    for (const timer of this.#pending) clearTimeout(timer);
    await this.#listener.close();
  }

  #snapshot(): ZoneView {
    return {
      zoneName: this.#zone.name,
      serial: this.#zone.serial,
      records: this.#zone.records,
      verdicts: this.#checks.verdicts(),
    };
  }

  #takeOver(): void {
    const view = this.#snapshot();
    this.#changesSeen += 1;
    const order = this.#changesSeen;
    const timer = setTimeout(() => {
      this.#pending.delete(timer);
      // The lag may have been shortened since: an older view must not replace a newer one.
      if (order < this.#changesServed) return;
      this.#changesServed = order;
      this.#view = view;
    }, this.#lagMs());
    this.#pending.add(timer);
  }
}
