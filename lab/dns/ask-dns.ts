import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { type DecodedPacket, decode, encode, type Question, RECURSION_DESIRED } from 'dns-packet';
import type { Endpoint } from '../topology.ts';

interface DnsQuery {
  readonly server: Endpoint;
  readonly question: Question;
  /** Source address of the packet: who asks. */
  readonly localAddress: string;
  readonly timeoutMs: number;
  readonly recursionDesired?: boolean;
}

const sameQuestion = (one: Question, other: Question | undefined): boolean =>
  other !== undefined && one.type === other.type && one.name.toLowerCase() === other.name.toLowerCase();

/**
 * Asks one server by UDP, once. Only a reply from that server, with the id and the question that were sent, counts;
 * everything else on the socket is ignored.
 * @throws Error when no such reply arrives in time.
 */
export function askDns(query: DnsQuery): Promise<DecodedPacket> {
  const { server, question } = query;
  const id = randomInt(65_536);
  const bytes = encode({
    type: 'query',
    id,
    flags: query.recursionDesired ? RECURSION_DESIRED : 0,
    questions: [question],
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 1232,
        extendedRcode: 0,
        ednsVersion: 0,
        flags: 0,
        flag_do: false,
        options: [],
      },
    ],
  });
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    let finished = false;
    const finish = (settle: () => void) => {
      if (finished) return;
      finished = true;
      clearTimeout(timer);
      socket.close();
      settle();
    };
    const fail = (why: string) =>
      finish(() => reject(new Error(`${server.host}:${server.port} did not answer for ${question.name}: ${why}`)));
    const timer = setTimeout(() => fail(`nothing within ${query.timeoutMs} ms`), query.timeoutMs);
    socket.on('error', (error) => fail(error.message));
    socket.on('message', (received) => {
      let reply: DecodedPacket;
      try {
        reply = decode(received);
      } catch {
        return;
      }
      if (reply.type !== 'response' || reply.id !== id || !sameQuestion(question, reply.questions?.[0])) return;
      finish(() => resolve(reply));
    });
    socket.bind(0, query.localAddress, () => {
      // Connected, so that the kernel drops packets from anyone else and reports a closed port.
      if (finished) return;
      socket.connect(server.port, server.host, () => {
        if (!finished) socket.send(bytes);
      });
    });
  });
}
