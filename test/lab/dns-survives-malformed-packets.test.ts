import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { encode, streamEncode } from 'dns-packet';
import { describe, expect, test, vi } from 'vitest';
import {
  address,
  addresses,
  ask,
  askByTcp,
  authoritative,
  cleanups,
  client,
  LIFEBOAT,
  labZone,
  resolver,
  useDnsLab,
  WAIT,
} from './dns-lab.ts';

useDnsLab();

describe('malformed packets', () => {
  /** Deterministic, so that a failure can be repeated. */
  function garbage(seed: number): () => Buffer {
    let state = seed;
    const next = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const query = encode({
      type: 'query',
      id: 1,
      questions: [{ name: 'booking.lab.test', type: 'A' }],
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
    return () => {
      if (next(3) === 0) return Buffer.from(Array.from({ length: next(80) }, () => next(256)));
      const broken = Buffer.from(query.subarray(0, next(2) === 0 ? query.length : next(query.length)));
      for (let flips = 1 + next(6); flips > 0 && broken.length > 0; flips -= 1) broken[next(broken.length)] = next(256);
      return broken;
    };
  }

  test('do not stop any server', async () => {
    const { at } = await authoritative(labZone([address('booking.lab.test', '127.0.1.10')]));
    const through = await resolver(at);
    const make = garbage(42);
    const pointerLoop = Buffer.from('000100000001000000000000c00c00010001', 'hex');
    const socket = createSocket('udp4');
    socket.bind(0, LIFEBOAT);
    await once(socket, 'listening');
    cleanups.push(() => new Promise<void>((resolve) => socket.close(() => resolve())));
    for (let count = 0; count < 400; count += 1) {
      const packet = count === 0 ? pointerLoop : make();
      for (const target of [at, through]) {
        await new Promise<void>((resolve) => socket.send(packet, target.port, target.host, () => resolve()));
      }
      if (count % 8 !== 0) continue;
      const tcp = connect({ ...at, localAddress: LIFEBOAT });
      tcp.on('error', () => {});
      cleanups.push(() => tcp.destroy());
      await once(tcp, 'connect');
      const length = Buffer.alloc(2);
      length.writeUInt16BE(count % 16 === 0 ? packet.length : packet.length + 9);
      tcp.write(Buffer.concat([length, packet]));
    }
    // Asked again where the queue of what came before was full: UDP may lose a question.
    await vi.waitFor(async () => {
      expect(addresses(await ask(at, 'booking.lab.test', 'A', 2_000))).toEqual(['127.0.1.10']);
    }, WAIT);
    const query = streamEncode({ type: 'query', id: 7, questions: [{ name: 'booking.lab.test', type: 'A' }] });
    expect(addresses(await askByTcp(at, query))).toEqual(['127.0.1.10']);
    await vi.waitFor(async () => {
      expect(await client(through).resolve4('booking.lab.test')).toEqual(['127.0.1.10']);
    }, WAIT);
  });

  test('are answered with a format error that gives nothing back, responses not at all', async () => {
    const { at } = await authoritative(labZone([]));
    const socket = createSocket('udp4');
    socket.bind(0, LIFEBOAT);
    await once(socket, 'listening');
    cleanups.push(() => new Promise<void>((resolve) => socket.close(() => resolve())));
    const replies: Buffer[] = [];
    socket.on('message', (bytes) => replies.push(bytes));
    const header = (flags: number, questions: number) => {
      const bytes = Buffer.alloc(12);
      bytes.writeUInt16BE(0xbeef, 0);
      bytes.writeUInt16BE(flags, 2);
      bytes.writeUInt16BE(questions, 4);
      return bytes;
    };
    socket.send(header(0x8000, 0), at.port, at.host);
    socket.send(header(0x0000, 9), at.port, at.host);
    socket.send(header(0x2800, 0), at.port, at.host);
    await vi.waitFor(() => expect(replies).toHaveLength(2), WAIT);
    const seen = replies.map((bytes) => [bytes.length, bytes.readUInt16BE(0), bytes.readUInt16BE(2) & 0xf]);
    expect(seen).toContainEqual([12, 0xbeef, 1]);
    expect(seen).toContainEqual([12, 0xbeef, 4]);
  });
});
