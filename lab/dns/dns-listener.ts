import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type DecodedPacket, decode, type Question } from 'dns-packet';
import type { Endpoint } from '../topology.ts';
import { type DnsReply, empty, encodeBareReply, encodeReply, RCODE, refused, udpLimit } from './reply.ts';

type DnsHandler = (question: Question) => DnsReply | Promise<DnsReply>;

const HEADER_BYTES = 12;
const TCP_IDLE_MS = 5_000;
const TCP_LIMIT_BYTES = 65_535;

/**
 * Receives DNS queries by UDP and, if asked to, by TCP. Whatever arrives, it goes on: unreadable packets get a format
 * error when they have an id to answer to, responses are dropped (two servers must never talk in circles), a handler
 * that throws is a server failure.
 */
export class DnsListener {
  readonly #handler: DnsHandler;
  readonly #withTcp: boolean;
  readonly #connections = new Set<Socket>();
  #udp: UdpSocket | null = null;
  #tcp: Server | null = null;

  constructor(handler: DnsHandler, options: { readonly tcp: boolean }) {
    this.#handler = handler;
    this.#withTcp = options.tcp;
  }

  async listen(at: Endpoint): Promise<void> {
    const udp = createSocket('udp4');
    this.#udp = udp;
    udp.on('message', (bytes, from) => {
      void this.#answer(bytes, udpLimit).then((reply) => {
        // The socket may have been closed meanwhile, or the client gone: neither is this server's trouble.
        if (reply && this.#udp === udp) udp.send(reply, from.port, from.address, () => {});
      });
    });
    try {
      udp.bind(at.port, at.host);
      await once(udp, 'listening');
      udp.on('error', () => {});
      if (this.#withTcp) await this.#listenTcp(at);
    } catch (caught) {
      // Both or none: a server that answers by UDP alone would fail only for long answers, which nobody would notice.
      await this.close();
      throw caught;
    }
  }

  async #listenTcp(at: Endpoint): Promise<void> {
    const tcp = createServer((connection) => this.#serve(connection));
    tcp.listen(at.port, at.host);
    await once(tcp, 'listening');
    this.#tcp = tcp;
  }

  async close(): Promise<void> {
    const [udp, tcp] = [this.#udp, this.#tcp];
    this.#udp = null;
    this.#tcp = null;
    for (const connection of this.#connections) connection.destroy();
    await Promise.all([
      udp && new Promise<void>((resolve) => udp.close(() => resolve())),
      tcp && new Promise<void>((resolve) => tcp.close(() => resolve())),
    ]);
  }

  #serve(connection: Socket): void {
    this.#connections.add(connection);
    let received: Buffer = Buffer.alloc(0);
    connection.setTimeout(TCP_IDLE_MS, () => connection.destroy());
    connection.on('close', () => this.#connections.delete(connection));
    connection.on('error', () => {});
    connection.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const frame = received.subarray(2, end);
        received = received.subarray(end);
        void this.#answer(frame, () => TCP_LIMIT_BYTES).then((reply) => {
          if (!reply) return connection.destroy();
          const length = Buffer.alloc(2);
          length.writeUInt16BE(reply.length);
          if (connection.writable) connection.write(Buffer.concat([length, reply]));
          return undefined;
        });
      }
    });
  }

  /** `null` when nothing may be sent back. Never rejects. */
  async #answer(bytes: Buffer, limit: (query: DecodedPacket) => number): Promise<Buffer | null> {
    if (bytes.length < HEADER_BYTES || (bytes[2]! & 0x80) !== 0) return null;
    try {
      const query = decode(bytes);
      return encodeReply(query, await this.#reply(query), limit(query));
    } catch {
      return encodeBareReply(bytes, RCODE.formatError);
    }
  }

  async #reply(query: DecodedPacket): Promise<DnsReply> {
    const opcode = ((query.flags ?? 0) >> 11) & 0xf;
    const question = query.questions?.[0];
    if (opcode !== 0) return empty(RCODE.notImplemented);
    if (!question || query.questions?.length !== 1) return empty(RCODE.formatError);
    if (question.class !== 'IN') return refused();
    try {
      return await this.#handler(question);
    } catch {
      return empty(RCODE.serverFailure);
    }
  }
}
