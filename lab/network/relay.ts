import net, { type Socket } from 'node:net';
import type { Endpoint, Place } from '../topology.ts';
import { CopyBothScanner } from './copy-both-scanner.ts';
import { Lane } from './lane.ts';
import { type Condition, losesBytes } from './rule.ts';

/** Longer than any client here waits; a client that hung up must not keep its socket for as long as a fault lasts. */
const FORGET_AFTER_MS = 60_000;

interface RelayOptions {
  readonly client: Socket;
  readonly source: Place;
  readonly to: Endpoint;
  readonly condition: Condition;
  /** Present on a replication link: milliseconds its stream is late. */
  readonly replicationDelayMs: (() => number) | null;
  readonly onGone: () => void;
}

/** One connection through a link: the client's socket, the part's socket, and a lane each way. */
export class Relay {
  readonly source: Place;
  readonly #client: Socket;
  /** Absent for a connection that fell into a black hole on arrival. */
  readonly #part: Socket | null;
  readonly #lanes: readonly Lane[];
  #condition: Condition;
  #lostAnything: boolean;

  /** The client's socket must be paused, so that nothing it says is missed. */
  constructor(options: RelayOptions) {
    this.source = options.source;
    this.#client = options.client;
    this.#condition = options.condition;
    this.#lostAnything = losesBytes(options.condition.mode);
    this.#client.setNoDelay(true);
    if (options.condition.mode === 'black_hole') {
      this.#part = null;
      this.#lanes = [];
      this.#client.on('error', () => {});
      // Read and thrown away, or we should never learn that a client gave up.
      this.#client.resume();
    } else {
      this.#part = this.#dial(options.to);
      this.#lanes = this.#join(this.#part, options.replicationDelayMs);
    }
    this.#client.on('end', () => this.#hungUp());
    this.#client.on('close', () => this.#closed(options.onGone));
    this.#part?.on('close', () => this.#closed(options.onGone));
  }

  /** Takes effect at once, on bytes under way too. */
  apply(next: Condition): void {
    const was = this.#condition.mode;
    this.#condition = next;
    // A stream with a hole in it must not go on as if nothing had been.
    const mends = this.#lostAnything && next.mode !== was && next.mode !== 'black_hole';
    if (next.mode === 'refuse' || mends) this.reset();
    else if (next.mode === 'black_hole') this.#lose(this.#lanes);
    else if (next.mode === 'half_open') this.#lose(this.#lanes.slice(1));
    else this.retime();
  }

  /** A delay changed. */
  retime(): void {
    for (const lane of this.#lanes) lane.retime();
  }

  /** Both ends see a reset; what was held back is gone. */
  reset(): void {
    for (const lane of this.#lanes) lane.drop();
    this.#client.resetAndDestroy();
    this.#part?.resetAndDestroy();
  }

  /** From the client's own address, so that a part sees who really calls. */
  #dial(to: Endpoint): Socket {
    const localAddress = this.#client.remoteAddress;
    const part = net.connect({ ...to, ...(localAddress ? { localAddress } : {}), allowHalfOpen: true, noDelay: true });
    part.once('connect', () => this.#client.resume());
    return part;
  }

  #join(part: Socket, replicationDelayMs: (() => number) | null): readonly Lane[] {
    const scanner = replicationDelayMs ? new CopyBothScanner() : null;
    const requests = new Lane({ from: this.#client, to: part, delayMs: () => this.#condition.delayMs });
    const replies = new Lane({
      from: part,
      to: this.#client,
      delayMs: (streamed) => this.#condition.delayMs + (streamed && replicationDelayMs ? replicationDelayMs() : 0),
      ...(scanner ? { streamStart: (chunk: Buffer) => scanner.scan(chunk) } : {}),
    });
    // Listening for data set the client flowing; it waits for the part to be there.
    this.#client.pause();
    if (this.#condition.mode === 'half_open') replies.lose();
    return [requests, replies];
  }

  #lose(lanes: readonly Lane[]): void {
    this.#lostAnything = true;
    for (const lane of lanes) lane.lose();
  }

  /** In a black hole the end is not answered: the client may only have finished asking. */
  #hungUp(): void {
    if (this.#condition.mode === 'black_hole') setTimeout(() => this.#client.destroy(), FORGET_AFTER_MS).unref();
  }

  #closed(onGone: () => void): void {
    const [requests, replies] = this.#lanes;
    if (this.#client.destroyed) replies?.drop();
    if (this.#part?.destroyed) requests?.drop();
    if (this.#client.destroyed && (this.#part?.destroyed ?? true)) onGone();
  }
}
