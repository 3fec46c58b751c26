import {
  type Answer,
  AUTHORITATIVE_ANSWER,
  type DecodedPacket,
  encode,
  type Packet,
  RECURSION_AVAILABLE,
  TRUNCATED_RESPONSE,
} from 'dns-packet';

/** Response codes of RFC 1035 that the lab's servers use. */
export const RCODE = {
  noError: 0,
  formatError: 1,
  serverFailure: 2,
  nameError: 3,
  notImplemented: 4,
  refused: 5,
} as const;

export interface DnsReply {
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly recursionAvailable?: boolean;
  readonly answers: readonly Answer[];
  readonly authorities: readonly Answer[];
}

export const empty = (rcode: number): DnsReply => ({ rcode, authoritative: false, answers: [], authorities: [] });
export const refused = (): DnsReply => empty(RCODE.refused);

/** Bits 8 (recursion desired) and 11 to 14 (opcode) are copied from query to reply. */
const COPIED_FLAGS = 0x7900;
/** What we accept over UDP ourselves; small enough not to be fragmented anywhere. */
const UDP_PAYLOAD_BYTES = 1232;

/** The largest UDP reply this client takes: what it announced by EDNS, else 512 bytes. */
export function udpLimit(query: DecodedPacket): number {
  const option = query.additionals?.find((additional) => additional.type === 'OPT');
  return option?.type === 'OPT' ? Math.max(512, Math.min(option.udpPayloadSize, UDP_PAYLOAD_BYTES)) : 512;
}

/** The reply as bytes; over the limit it becomes an empty one with the truncation bit, so that the client asks by TCP. */
export function encodeReply(query: DecodedPacket, reply: DnsReply, limitBytes: number): Buffer {
  const flags =
    ((query.flags ?? 0) & COPIED_FLAGS) |
    (reply.authoritative ? AUTHORITATIVE_ANSWER : 0) |
    (reply.recursionAvailable ? RECURSION_AVAILABLE : 0) |
    reply.rcode;
  const knowsEdns = query.additionals?.some((additional) => additional.type === 'OPT') ?? false;
  const packet: Packet = {
    type: 'response',
    id: query.id ?? 0,
    flags,
    questions: query.questions ?? [],
    answers: [...reply.answers],
    authorities: [...reply.authorities],
    additionals: knowsEdns
      ? [
          {
            type: 'OPT',
            name: '.',
            udpPayloadSize: UDP_PAYLOAD_BYTES,
            extendedRcode: 0,
            ednsVersion: 0,
            flags: 0,
            flag_do: false,
            options: [],
          },
        ]
      : [],
  };
  const bytes = encode(packet);
  if (bytes.length <= limitBytes) return bytes;
  return encode({ ...packet, flags: flags | TRUNCATED_RESPONSE, answers: [], authorities: [] });
}

/** A bare header in answer to bytes that could not be read: nothing of them is sent back but the id. */
export function encodeBareReply(received: Buffer, rcode: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16BE(received.readUInt16BE(0), 0);
  bytes.writeUInt16BE(0x8000 | (received.readUInt16BE(2) & COPIED_FLAGS) | rcode, 2);
  return bytes;
}
