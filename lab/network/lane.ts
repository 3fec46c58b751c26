import type { Socket } from 'node:net';

/** More than this held back, and the sender is made to wait. */
const MOST_HELD_BYTES = 64 * 1024 * 1024;

interface Held {
  readonly arrivedAtMs: number;
  /** Belongs to a replication stream, which has a delay of its own. */
  readonly streamed: boolean;
  readonly bytes: Buffer;
}

interface LaneOptions {
  readonly from: Socket;
  readonly to: Socket;
  /** Milliseconds bytes stay in the lane; asked again whenever `retime` is called. */
  readonly delayMs: (streamed: boolean) => number;
  /** Offset from which a chunk belongs to a replication stream; absent where there is none. */
  readonly streamStart?: (chunk: Buffer) => number;
}

/**
 * One direction of a connection. Passes bytes on at once while there is no delay, else holds them in order; keeps the
 * sender's end or reset behind what it sent; and can lose everything, from then on for good.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #held: Held[] = [];
  #heldBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #ending: 'end' | 'reset' | null = null;
  #losing = false;

  constructor(options: LaneOptions) {
    this.#options = options;
    const { from, to } = options;
    from.on('data', (chunk: Buffer) => this.#take(chunk));
    from.on('end', () => this.#finish('end'));
    from.on('error', () => this.#finish('reset'));
    to.on('drain', () => this.#resume());
  }

  /** Drops what is held and everything that comes; the sender goes on, heard by nobody. */
  lose(): void {
    this.#losing = true;
    this.drop();
    this.#options.from.resume();
  }

  /** Drops what is held. */
  drop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#held.length = 0;
    this.#heldBytes = 0;
  }

  /** The delay changed: what is held leaves by the new one. */
  retime(): void {
    if (this.#held.length > 0) this.#release();
  }

  #take(chunk: Buffer): void {
    if (this.#losing) return;
    const start = this.#options.streamStart?.(chunk) ?? chunk.length;
    if (start > 0) this.#pass(start === chunk.length ? chunk : chunk.subarray(0, start), false);
    if (start < chunk.length) this.#pass(chunk.subarray(start), true);
  }

  #pass(bytes: Buffer, streamed: boolean): void {
    if (this.#held.length === 0 && this.#options.delayMs(streamed) === 0) {
      this.#write(bytes);
      return;
    }
    this.#held.push({ arrivedAtMs: performance.now(), streamed, bytes });
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > MOST_HELD_BYTES) this.#options.from.pause();
    if (!this.#timer) this.#release();
  }

  #release(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    while (this.#held.length > 0) {
      const head = this.#held[0]!;
      const dueInMs = head.arrivedAtMs + this.#options.delayMs(head.streamed) - performance.now();
      if (dueInMs > 0) {
        this.#timer = setTimeout(() => this.#release(), dueInMs);
        return;
      }
      this.#held.shift();
      this.#heldBytes -= head.bytes.length;
      this.#write(head.bytes);
    }
    this.#resume();
    if (this.#ending) this.#end(this.#ending);
  }

  #write(bytes: Buffer): void {
    const { from, to } = this.#options;
    if (to.writable && !to.write(bytes)) from.pause();
  }

  #resume(): void {
    const { from, to } = this.#options;
    if (from.isPaused() && !to.writableNeedDrain && this.#heldBytes <= MOST_HELD_BYTES) from.resume();
  }

  #finish(ending: 'end' | 'reset'): void {
    if (this.#losing) return;
    this.#ending = ending;
    if (this.#held.length === 0) this.#end(ending);
  }

  #end(ending: 'end' | 'reset'): void {
    const { to } = this.#options;
    if (ending === 'reset') to.resetAndDestroy();
    else to.end();
  }
}
