import { connect } from 'node:http2';
import type { Endpoint } from '../topology.ts';

/**
 * One unary gRPC call over plain HTTP/2, message bytes in and out. Enough to ask a server whether it is there,
 * without loading a gRPC library into the supervisor. Throws on transport errors, on a status other than OK, at the deadline.
 */
export function grpcUnary(at: Endpoint, method: string, message: Buffer, deadlineMs: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const session = connect(`http://${at.host}:${at.port}`);
    const fail = (error: Error) => {
      clearTimeout(deadline);
      session.destroy();
      reject(error);
    };
    const deadline = setTimeout(() => fail(new Error(`${method}: no answer in ${deadlineMs} ms`)), deadlineMs);
    session.on('error', fail);
    const frame = Buffer.alloc(5 + message.length);
    frame.writeUInt32BE(message.length, 1);
    message.copy(frame, 5);
    const request = session.request({
      ':method': 'POST',
      ':path': method,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    const chunks: Buffer[] = [];
    let status = '';
    let says = '';
    const note = (headers: Record<string, unknown>) => {
      status = String(headers['grpc-status'] ?? status);
      says = String(headers['grpc-message'] ?? says);
    };
    request.on('response', note);
    request.on('trailers', note);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', fail);
    request.on('end', () => {
      if (status !== '0') return fail(new Error(`${method}: gRPC status ${status || 'absent'} ${says}`));
      clearTimeout(deadline);
      session.close();
      resolve(Buffer.concat(chunks).subarray(5));
    });
    request.end(frame);
  });
}

/** A length-delimited protobuf field, for messages of a few short strings. */
export function field(number: number, value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  if (bytes.length > 127) throw new Error(`field ${number} is ${bytes.length} bytes long; at most 127 are expected`);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}
