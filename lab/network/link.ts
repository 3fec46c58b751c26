import net, { type Server, type Socket } from 'node:net';
import { type Endpoint, type Place, placeOf } from '../topology.ts';
import { Relay } from './relay.ts';
import { conditionOf, type Rule } from './rule.ts';

export interface LinkOptions {
  /** For logs and messages, for instance `rds eu-west-1`. */
  readonly name: string;
  /** Where the part is. */
  readonly place: Place;
  /** Public address, on which others reach the part. */
  readonly listen: Endpoint;
  /** Hidden address, on which the part itself listens. */
  readonly to: Endpoint;
  /** Second listener, for shells and browsers; who comes by it counts as `operator`. */
  readonly operator?: Endpoint;
  /** Carries PostgreSQL replication, which can be delayed. */
  readonly replication?: boolean;
  /**
   * Place of clients that cannot bind a source address and so come from 127.0.0.1. Only for a listener that nobody
   * but such a client dials: PostgreSQL's own standby. Absent: they are rejected, or faults would silently miss them.
   */
  readonly unboundFrom?: Place;
}

interface LinkSurroundings {
  readonly rules: () => readonly Rule[];
  readonly log: (line: string) => void;
  readonly onClosed: (link: Link) => void;
}

/** What stands before a part: every connection to it passes here, from a known place, under the rules of the moment. */
export class Link {
  readonly name: string;
  readonly place: Place;
  readonly #options: LinkOptions;
  readonly #surroundings: LinkSurroundings;
  readonly #servers: Server[] = [];
  readonly #relays = new Set<Relay>();
  #replicationDelayMs = 0;
  #cut = false;

  private constructor(options: LinkOptions, surroundings: LinkSurroundings) {
    this.name = options.name;
    this.place = options.place;
    this.#options = options;
    this.#surroundings = surroundings;
  }

  static async open(options: LinkOptions, surroundings: LinkSurroundings): Promise<Link> {
    const link = new Link(options, surroundings);
    try {
      await link.#listen(options.listen, false);
      if (options.operator) await link.#listen(options.operator, true);
    } catch (error) {
      await link.close();
      throw error;
    }
    return link;
  }

  /** Judges every open connection by the rules of now. */
  applyRules(): void {
    for (const relay of [...this.#relays]) relay.apply(this.#conditionFrom(relay.source));
  }

  /**
   * Holds back what a primary streams, from after its CopyBothResponse on; what is held already leaves by the new
   * delay. Only on a replication link.
   * @param delayMs at least 0.
   */
  setReplicationDelay(delayMs: number): void {
    if (!this.#options.replication) throw new Error(`link ${this.name}: carries no replication, so cannot delay it`);
    if (!(delayMs >= 0)) throw new Error(`link ${this.name}: delayMs is ${delayMs}, must be at least 0`);
    this.#replicationDelayMs = delayMs;
    for (const relay of this.#relays) relay.retime();
  }

  /** Resets every connection and each new one until `restore`, whatever the rules; bytes held back are dropped. */
  cut(): void {
    this.#cut = true;
    for (const relay of [...this.#relays]) relay.reset();
  }

  restore(): void {
    this.#cut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.#surroundings.onClosed(this);
    const closing = this.#servers.splice(0).filter((server) => server.listening);
    await Promise.all(closing.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }

  #conditionFrom(source: Place) {
    return conditionOf(this.#surroundings.rules(), source, this.place);
  }

  async #listen(at: Endpoint, forOperators: boolean): Promise<void> {
    const server = net.createServer({ allowHalfOpen: true, pauseOnConnect: true }, (client) =>
      this.#accept(client, forOperators),
    );
    this.#servers.push(server);
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(this.name, at, error)));
      server.listen({ host: at.host, port: at.port }, resolve);
    });
    server.on('error', (error) => this.#surroundings.log(`link ${this.name}: ${error.message}`));
  }

  #accept(client: Socket, forOperators: boolean): void {
    const source = this.#sourceOf(client, forOperators);
    if (!source) {
      this.#surroundings.log(
        `link ${this.name}: rejected a connection from ${client.remoteAddress ?? 'an unknown address'}, which is no ` +
          `place: bind an address of the place it comes from${this.#operatorHint()}`,
      );
    }
    const condition = source && this.#conditionFrom(source);
    if (!source || !condition || this.#cut || condition.mode === 'refuse') {
      client.on('error', () => {});
      client.resetAndDestroy();
      return;
    }
    const relay: Relay = new Relay({
      client,
      source,
      to: this.#options.to,
      condition,
      replicationDelayMs: this.#options.replication ? () => this.#replicationDelayMs : null,
      onGone: () => this.#relays.delete(relay),
    });
    this.#relays.add(relay);
  }

  /** `null` for who must be rejected. A bound address tells its place on the operator's listener too. */
  #sourceOf(client: Socket, forOperators: boolean): Place | null {
    const place = placeOf(client.remoteAddress ?? '');
    if (place !== 'operator') return place;
    return forOperators ? 'operator' : (this.#options.unboundFrom ?? null);
  }

  #operatorHint(): string {
    const { operator } = this.#options;
    return operator ? `, or use the operator's address ${operator.host}:${operator.port}` : '';
  }
}

function cannotListen(name: string, at: Endpoint, error: NodeJS.ErrnoException): Error {
  const remedy: Readonly<Record<string, string>> = {
    EADDRINUSE: 'another lab or process has it: stop that one, or choose another base port',
    EADDRNOTAVAIL: 'the machine has no such loopback address: add it (macOS: sudo ifconfig lo0 alias ADDRESS)',
    EACCES: 'ports below 1024 need privileges: choose a higher base port',
  };
  const because = remedy[error.code ?? ''] ?? error.message;
  return new Error(`link ${name}: cannot listen on ${at.host}:${at.port} (${error.code}): ${because}`, {
    cause: error,
  });
}
