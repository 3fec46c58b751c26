import { open } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1_024;
const NEWLINE = 0x0a;

/** Lines of a file from the last to the first, without reading more of it than asked for. None when there is no file. */
export async function* linesFromEnd(path: string): AsyncGenerator<string> {
  const file = await open(path, 'r').catch((caught: NodeJS.ErrnoException) => {
    if (caught.code === 'ENOENT') return null;
    throw caught;
  });
  if (!file) return;
  try {
    let from = (await file.stat()).size;
    // The beginning of a line whose rest lies in chunks already read.
    let rest = Buffer.alloc(0);
    while (from > 0) {
      const length = Math.min(CHUNK_BYTES, from);
      from -= length;
      const chunk = Buffer.alloc(length);
      const { bytesRead } = await file.read(chunk, 0, length, from);
      let piece = Buffer.concat([chunk.subarray(0, bytesRead), rest]);
      for (let newline = piece.lastIndexOf(NEWLINE); newline >= 0; newline = piece.lastIndexOf(NEWLINE)) {
        const line = piece.subarray(newline + 1);
        if (line.length > 0) yield line.toString('utf8');
        piece = piece.subarray(0, newline);
      }
      rest = piece;
    }
    if (rest.length > 0) yield rest.toString('utf8');
  } finally {
    await file.close();
  }
}
