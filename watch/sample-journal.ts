import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { WatchSample } from '../domain/watch-sample.ts';
import { linesFromEnd } from './lines-from-end.ts';

/** Vantage ids have no dot: outages and mismatches of a vantage lie beside its samples under names that have two. */
const SAMPLES = /^[^.]+\.jsonl$/;
/** Lines are in order of their end; this much disorder is allowed for a clock that was set back. */
const CLOCK_SLACK_MS = 5_000;

export const samplesPath = (folder: string, vantage: string): string => join(folder, `${vantage}.jsonl`);

/**
 * Samples of every vantage whose request started at or after `sinceMs`, oldest first per vantage. Reads from the end, so that
 * it costs what was asked for and not what was ever written. Lines cut short are left out; no folder gives none.
 * @param folder `<control.watch>/<service>`
 */
export async function readSamples(folder: string, sinceMs: number): Promise<readonly WatchSample[]> {
  const names = await readdir(folder).catch((caught: NodeJS.ErrnoException) => {
    if (caught.code === 'ENOENT') return [];
    throw caught;
  });
  const files = names.filter((name) => SAMPLES.test(name)).sort();
  const vantages = await Promise.all(files.map((name) => readVantage(join(folder, name), sinceMs)));
  return vantages.flat();
}

async function readVantage(path: string, sinceMs: number): Promise<readonly WatchSample[]> {
  const samples: WatchSample[] = [];
  for await (const sample of newestFirst(path)) {
    if (sample.doneAt < sinceMs - CLOCK_SLACK_MS) break;
    if (sample.at >= sinceMs) samples.push(sample);
  }
  return samples.sort((one, other) => one.at - other.at || one.number - other.number);
}

/** What a vantage that starts again must know of what it did before. */
export interface Bequest {
  /** Highest number in the journal's end; 0 for an empty one. */
  readonly newestNumber: number;
  /** Start of the newest acknowledged canary; `null` when there is none within the look-back. */
  readonly lastSuccessAt: number | null;
}

/** @param lookBack how many lines to read at most. */
export async function bequestOf(folder: string, vantage: string, lookBack = 20_000): Promise<Bequest> {
  let newestNumber = 0;
  let lastSuccessAt: number | null = null;
  let lines = 0;
  // Canaries overlap: the last line is not always the highest number, but it is among the last ones.
  const enough = 1_000;
  for await (const sample of newestFirst(samplesPath(folder, vantage))) {
    lines += 1;
    newestNumber = Math.max(newestNumber, sample.number);
    if (sample.outcome === 'acknowledged') lastSuccessAt = Math.max(lastSuccessAt ?? 0, sample.at);
    if (lines >= lookBack || (lines >= enough && lastSuccessAt !== null)) break;
  }
  return { newestNumber, lastSuccessAt };
}

async function* newestFirst(path: string): AsyncGenerator<WatchSample> {
  for await (const line of linesFromEnd(path)) {
    const sample = parse(line);
    if (sample) yield sample;
  }
}

function parse(line: string): WatchSample | null {
  try {
    const sample = JSON.parse(line) as Partial<WatchSample> | null;
    const whole = [sample?.number, sample?.at, sample?.doneAt].every((value) => typeof value === 'number');
    return whole && typeof sample?.outcome === 'string' ? (sample as WatchSample) : null;
  } catch {
    return null;
  }
}
