import { EventEmitter } from 'node:events';
import { absoluteName, type RecordSet } from './record-set.ts';
import { applyBatch, type ZoneChange } from './zone-change.ts';

/** A batch that was refused as a whole; the zone is as it was. */
export class ZoneChangeRefused extends Error {
  readonly messages: readonly string[];

  constructor(messages: readonly string[]) {
    super(messages.join(', '));
    this.name = 'ZoneChangeRefused';
    this.messages = messages;
  }
}

interface ZoneOptions {
  /** With or without the trailing dot. */
  readonly name: string;
  /** Hosted zone id, without `/hostedzone/`. */
  readonly id: string;
  /** Records beside SOA and NS, which every zone has. */
  readonly records?: readonly RecordSet[];
  /** How long resolvers may remember that a name does not exist. */
  readonly negativeTtlSeconds?: number;
}

/**
 * One hosted zone: what the control plane holds. Servers follow it with a lag. `change` is emitted after a batch was
 * applied, with the new serial.
 */
export class Zone extends EventEmitter<{ change: [serial: number] }> {
  readonly name: string;
  readonly id: string;
  #serial = 1;
  #records: readonly RecordSet[];

  constructor(options: ZoneOptions) {
    super();
    this.name = absoluteName(options.name);
    this.id = options.id;
    const nameServers = this.nameServers;
    this.#records = [
      { name: this.name, type: 'NS', ttlSeconds: 172_800, values: nameServers },
      {
        name: this.name,
        type: 'SOA',
        ttlSeconds: 900,
        values: [`${nameServers[0]} hostmaster.${this.name} 1 7200 900 1209600 ${options.negativeTtlSeconds ?? 2}`],
      },
    ];
    if (options.records) this.apply(options.records.map((record) => ({ action: 'CREATE', record })));
  }

  get nameServers(): readonly [string, string] {
    return [`ns1.${this.name}`, `ns2.${this.name}`];
  }

  /** Replaced as a whole by each batch, so holding on to it is holding a snapshot. */
  get records(): readonly RecordSet[] {
    return this.#records;
  }

  /** Grows by one with each batch. */
  get serial(): number {
    return this.#serial;
  }

  /**
   * Applies all changes or none.
   * @throws ZoneChangeRefused with every reason.
   */
  apply(changes: readonly ZoneChange[]): void {
    const absolute = changes.map(({ action, record }) => ({
      action,
      record: { ...record, name: absoluteName(record.name) },
    }));
    const outcome = applyBatch(this.name, this.#records, absolute);
    if (outcome.kind === 'refused') throw new ZoneChangeRefused(outcome.messages);
    this.#records = outcome.records;
    this.#serial += 1;
    this.emit('change', this.#serial);
  }
}
