import type { Answer } from 'dns-packet';
import type { DnsReply } from './reply.ts';

interface Remembered {
  readonly reply: DnsReply;
  readonly storedAtMs: number;
  readonly untilMs: number;
}

/** Enough for a lab by far; a flood of made-up names must not fill the memory. */
const MAX_ENTRIES = 4_096;

const ttlOf = (answer: Answer): number => ('ttl' in answer ? (answer.ttl ?? 0) : 0);

/** How long a reply may be remembered: the least TTL of its answers, or what the SOA says of a negative one; else not. */
function cacheSeconds(reply: DnsReply): number {
  const soa = reply.authorities.find((authority) => authority.type === 'SOA');
  const ttls = reply.answers.map(ttlOf);
  if (soa?.type === 'SOA') ttls.push(Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0));
  return ttls.length > 0 ? Math.min(...ttls) : 0;
}

/** Replies by question, each for as long as its TTL allows. Times are milliseconds of one monotonic clock. */
export class AnswerCache {
  readonly #entries = new Map<string, Remembered>();

  /** The reply with its TTLs counted down, or `null`. */
  find(key: string, nowMs: number): DnsReply | null {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    if (nowMs >= entry.untilMs) {
      this.#entries.delete(key);
      return null;
    }
    // Rounded up: a TTL that reads a second too short would make clients downstream ask too early, never serve too long.
    const agedSeconds = Math.ceil((nowMs - entry.storedAtMs) / 1_000);
    const aged = (answers: readonly Answer[]) =>
      answers.map((answer) => ({ ...answer, ttl: Math.max(0, ttlOf(answer) - agedSeconds) }) as Answer);
    return { ...entry.reply, answers: aged(entry.reply.answers), authorities: aged(entry.reply.authorities) };
  }

  store(key: string, reply: DnsReply, nowMs: number): void {
    const seconds = cacheSeconds(reply);
    if (seconds <= 0) return;
    this.#entries.delete(key);
    this.#entries.set(key, { reply, storedAtMs: nowMs, untilMs: nowMs + seconds * 1_000 });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_ENTRIES && oldest !== undefined) this.#entries.delete(oldest);
  }
}
