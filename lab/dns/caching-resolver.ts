import type { DecodedPacket, Question } from 'dns-packet';
import type { Endpoint } from '../topology.ts';
import { AnswerCache } from './answer-cache.ts';
import { askDns } from './ask-dns.ts';
import { DnsListener } from './dns-listener.ts';
import { absoluteName } from './record-set.ts';
import { type DnsReply, empty, RCODE, refused } from './reply.ts';

interface CachingResolverOptions {
  readonly authoritative: readonly Endpoint[];
  /** Source address of its questions. */
  readonly localAddress: string;
  /** How long each server has before the next one is asked. */
  readonly attemptTimeoutMs?: number;
}

/**
 * What a client's network offers: remembers answers for their TTL, also that something does not exist. Asks the
 * authoritative servers in turn; when none answers it says so (SERVFAIL) and remembers nothing. It knows no other zones:
 * what the servers refuse it refuses too.
 */
export class CachingResolver {
  readonly #servers: readonly Endpoint[];
  readonly #localAddress: string;
  readonly #attemptTimeoutMs: number;
  readonly #cache = new AnswerCache();
  readonly #inFlight = new Map<string, Promise<DnsReply>>();
  readonly #listener = new DnsListener((question) => this.#resolve(question), { tcp: false });
  #next = 0;

  constructor(options: CachingResolverOptions) {
    this.#servers = options.authoritative;
    this.#localAddress = options.localAddress;
    this.#attemptTimeoutMs = options.attemptTimeoutMs ?? 400;
  }

  listen(at: Endpoint): Promise<void> {
    return this.#listener.listen(at);
  }

  close(): Promise<void> {
    return this.#listener.close();
  }

  async #resolve(question: Question): Promise<DnsReply> {
    const key = `${absoluteName(question.name)} ${question.type}`;
    const remembered = this.#cache.find(key, performance.now());
    if (remembered) return remembered;
    let asking = this.#inFlight.get(key);
    if (!asking) {
      asking = this.#ask(question, key).finally(() => this.#inFlight.delete(key));
      this.#inFlight.set(key, asking);
    }
    return asking;
  }

  async #ask(question: Question, key: string): Promise<DnsReply> {
    let refusals = 0;
    for (let tried = 0; tried < this.#servers.length; tried += 1) {
      const server = this.#servers[this.#next % this.#servers.length]!;
      this.#next += 1;
      // Counted from before the question: an answer is never older than its TTL says.
      const askedAtMs = performance.now();
      const packet = await askDns({
        server,
        question,
        localAddress: this.#localAddress,
        timeoutMs: this.#attemptTimeoutMs,
      }).catch(() => null);
      if (packet && rcodeOf(packet) === RCODE.refused) refusals += 1;
      if (!packet || !isUsable(packet)) continue;
      const reply: DnsReply = {
        rcode: rcodeOf(packet),
        authoritative: false,
        recursionAvailable: true,
        answers: packet.answers ?? [],
        authorities: packet.authorities ?? [],
      };
      this.#cache.store(key, reply, askedAtMs);
      return reply;
    }
    const verdict = refusals === this.#servers.length ? refused() : empty(RCODE.serverFailure);
    return { ...verdict, recursionAvailable: true };
  }
}

const rcodeOf = (packet: DecodedPacket): number => (packet.flags ?? 0) & 0xf;

/** Complete, from a server that has authority, and either an answer or a definite no. */
const isUsable = (packet: DecodedPacket): boolean =>
  packet.flag_aa && !packet.flag_tc && (rcodeOf(packet) === RCODE.noError || rcodeOf(packet) === RCODE.nameError);
