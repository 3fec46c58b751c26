import type { IncomingMessage } from 'node:http';
import { S3Error } from './s3-error.ts';

/** Objects of the lab are switches, leases and small records. */
const BODY_LIMIT_BYTES = 16 * 1024 * 1024;
const LINE_END = Buffer.from('\r\n');

export interface RequestBody {
  readonly bytes: Buffer;
  /** Headers that followed the body, lower case. */
  readonly trailers: Readonly<Record<string, string>>;
}

const incomplete = (why: string): S3Error =>
  new S3Error(
    400,
    'IncompleteBody',
    `You did not provide the number of bytes specified by the Content-Length HTTP header: ${why}`,
  );

/**
 * Takes `aws-chunked` apart: `size[;chunk-signature=…]`, bytes, …, a chunk of size 0, trailers, an empty line. Chunk
 * signatures are not verified: nobody has the secret here.
 * @throws S3Error `IncompleteBody` when the framing does not hold.
 */
export function decodeAwsChunked(framed: Buffer): RequestBody {
  const chunks: Buffer[] = [];
  const trailers: Record<string, string> = {};
  let at = 0;
  const line = (): string => {
    const end = framed.indexOf(LINE_END, at);
    if (end < 0) throw incomplete('a chunk header does not end');
    const text = framed.toString('latin1', at, end);
    at = end + LINE_END.length;
    return text;
  };
  for (;;) {
    const header = line().split(';')[0]!.trim();
    if (!/^[0-9a-f]+$/i.test(header)) throw incomplete(`'${header.slice(0, 20)}' is not the size of a chunk`);
    const size = Number.parseInt(header, 16);
    if (size === 0) break;
    if (at + size + LINE_END.length > framed.length) throw incomplete('a chunk is shorter than its size');
    chunks.push(framed.subarray(at, at + size));
    at += size;
    if (line() !== '') throw incomplete('a chunk is longer than its size');
  }
  while (at < framed.length) {
    const text = line();
    if (text === '') break;
    const colon = text.indexOf(':');
    if (colon < 1) throw incomplete('a trailer has no name');
    trailers[text.slice(0, colon).trim().toLowerCase()] = text.slice(colon + 1).trim();
  }
  return { bytes: Buffer.concat(chunks), trailers };
}

const isAwsChunked = (request: IncomingMessage): boolean =>
  String(request.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-') ||
  String(request.headers['content-encoding'] ?? '')
    .split(',')
    .some((encoding) => encoding.trim() === 'aws-chunked');

/**
 * Reads a request to its end and undoes the transport's framing.
 * @throws S3Error `EntityTooLarge`, `IncompleteBody`, or `MalformedTrailerError` when an announced trailer is missing.
 */
export async function readRequestBody(request: IncomingMessage): Promise<RequestBody> {
  const received: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT_BYTES) received.push(chunk);
  }
  if (size > BODY_LIMIT_BYTES) {
    throw new S3Error(400, 'EntityTooLarge', `The lab takes objects of up to ${BODY_LIMIT_BYTES} bytes`);
  }
  const whole = Buffer.concat(received);
  if (!isAwsChunked(request)) return { bytes: whole, trailers: {} };
  const body = decodeAwsChunked(whole);
  const announced = request.headers['x-amz-decoded-content-length'];
  if (announced !== undefined && Number(announced) !== body.bytes.length) {
    throw incomplete(`${announced} bytes were announced, ${body.bytes.length} arrived`);
  }
  const missing = String(request.headers['x-amz-trailer'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .find((name) => name !== '' && body.trailers[name] === undefined);
  if (missing) {
    throw new S3Error(
      400,
      'MalformedTrailerError',
      `The request contained trailing data that was not well-formed or did not conform to our published schema: ${missing} is missing`,
    );
  }
  return body;
}
