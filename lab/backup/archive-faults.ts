import { open, rm } from 'node:fs/promises';
import type { RegionArchive } from './region-archive.ts';

const CORRUPTED_SEGMENTS = 3;
const CORRUPTED_BYTES = 32;

/** Changes bytes in the middle of the newest archived segments. Returns what was done. */
export async function corruptArchive(archive: RegionArchive): Promise<string> {
  const segments = (await continuing(archive)).slice(-CORRUPTED_SEGMENTS);
  for (const segment of segments) await corrupt(archive.fileOf(segment));
  return `changed ${CORRUPTED_BYTES} bytes in the middle of each of ${segments.join(', ')}`;
}

/** Removes a segment in the middle of what continues the newest base backup. Returns what was done. */
export async function loseSegment(archive: RegionArchive): Promise<string> {
  const segments = await continuing(archive);
  const segment = segments[Math.floor((segments.length - 1) / 2)]!;
  await rm(archive.fileOf(segment));
  return `removed ${segment}, one of ${segments.length} archived since the newest base backup`;
}

/** What is archived after the newest base backup, so that no restore to a time after the fault goes round it. */
async function continuing(archive: RegionArchive): Promise<readonly string[]> {
  const base = archive.bases.at(-1);
  const segments = base ? (await archive.segments()).filter((segment) => segment > base.lastSegment) : [];
  if (segments.length === 0)
    throw new Error('nothing is archived since the newest base backup; wait for the next segment');
  return segments;
}

async function corrupt(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const middle = Math.max(0, Math.floor(((await file.stat()).size - CORRUPTED_BYTES) / 2));
    const bytes = Buffer.alloc(CORRUPTED_BYTES);
    const { bytesRead } = await file.read(bytes, 0, CORRUPTED_BYTES, middle);
    for (let at = 0; at < bytesRead; at += 1) bytes[at] = bytes[at]! ^ 0xff;
    await file.write(bytes, 0, bytesRead, middle);
  } finally {
    await file.close();
  }
}
