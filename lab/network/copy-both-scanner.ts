const COPY_BOTH_RESPONSE = 'W'.charCodeAt(0);
const HEADER_BYTES = 5;

/**
 * Finds where PostgreSQL's replication stream begins in what a server sends: after its CopyBothResponse frame.
 * Every frame before it is a type byte and a big-endian length that counts itself; no TLS, no GSS.
 */
export class CopyBothScanner {
  #streaming = false;
  #type = 0;
  #header = Buffer.alloc(HEADER_BYTES);
  #headerFilled = 0;
  #bodyLeft = 0;

  /** Offset in `chunk` from which bytes belong to the stream: 0 once it has begun, `chunk.length` before. */
  scan(chunk: Buffer): number {
    let at = 0;
    while (!this.#streaming && at < chunk.length) {
      if (this.#headerFilled < HEADER_BYTES) {
        at += this.#readHeader(chunk, at);
      } else {
        const skipped = Math.min(this.#bodyLeft, chunk.length - at);
        this.#bodyLeft -= skipped;
        at += skipped;
      }
      if (this.#headerFilled === HEADER_BYTES && this.#bodyLeft === 0) this.#endFrame();
    }
    return at;
  }

  #readHeader(chunk: Buffer, at: number): number {
    const taken = chunk.copy(this.#header, this.#headerFilled, at, at + HEADER_BYTES - this.#headerFilled);
    this.#headerFilled += taken;
    if (this.#headerFilled === HEADER_BYTES) {
      this.#type = this.#header[0]!;
      this.#bodyLeft = Math.max(0, this.#header.readUInt32BE(1) - 4);
    }
    return taken;
  }

  #endFrame(): void {
    this.#streaming = this.#type === COPY_BOTH_RESPONSE;
    this.#headerFilled = 0;
  }
}
