/** As the template cluster is made: `initdb --wal-segsize=1`. */
const SEGMENT_BYTES = 1 << 20;
const SEGMENTS_PER_FILE_ID = 2 ** 32 / SEGMENT_BYTES;

/** A log segment's name: timeline, then place in the log, each in hexadecimal, so that names sort as the log does. */
const SEGMENT = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/;

export const isSegment = (name: string): boolean => SEGMENT.test(name);

export const timelineOf = (segment: string): number => Number.parseInt(segment.slice(0, 8), 16);

/** Names from one segment to another of the same timeline, both included. */
export function segmentsBetween(first: string, last: string): readonly string[] {
  const names: string[] = [];
  for (let number = numberOf(first); number <= numberOf(last); number += 1) {
    const fileId = Math.floor(number / SEGMENTS_PER_FILE_ID);
    names.push(first.slice(0, 8) + hex(fileId) + hex(number % SEGMENTS_PER_FILE_ID));
  }
  return names;
}

function numberOf(segment: string): number {
  const [, , fileId, within] = SEGMENT.exec(segment) ?? [];
  if (fileId === undefined || within === undefined) {
    throw new Error(`${segment} is not the name of a log segment: expected 24 hexadecimal digits in capitals`);
  }
  return Number.parseInt(fileId, 16) * SEGMENTS_PER_FILE_ID + Number.parseInt(within, 16);
}

const hex = (number: number): string => number.toString(16).toUpperCase().padStart(8, '0');
