import { join } from 'node:path';
import type { Logger } from 'pino';
import type { WatchSample } from '../domain/watch-sample.ts';
import { CanaryNumbers } from './canary-numbers.ts';
import { atFixedRate } from './fixed-rate.ts';
import { LineJournal } from './line-journal.ts';
import { linesFromEnd } from './lines-from-end.ts';
import { type OutageRecord, OutageTracker } from './outage-tracker.ts';
import { type Mismatch, readBack } from './read-back.ts';
import { bequestOf, samplesPath } from './sample-journal.ts';
import { sendCanary } from './send-canary.ts';
import type { VantageSettings } from './vantage-settings.ts';

/** One read-back for so many canaries, and no more than one a second. */
const CANARIES_PER_READ_BACK = 10;
const LEAST_READ_BACK_MS = 1_000;

/** One vantage at work: canaries at a fixed rate, overlapping, each a line in the journal when it ends. */
export class Watch {
  readonly #settings: VantageSettings;
  readonly #logger: Logger;
  readonly #numbers: CanaryNumbers;
  readonly #samples: LineJournal<WatchSample>;
  readonly #outages: LineJournal<OutageRecord>;
  readonly #mismatches: LineJournal<Mismatch>;
  readonly #tracker: OutageTracker;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #stops: (() => void)[] = [];
  #newestAcknowledged = 0;

  private constructor(settings: VantageSettings, logger: Logger, before: Awaited<ReturnType<typeof whatWasBefore>>) {
    const { folder, vantage } = settings;
    this.#settings = settings;
    this.#logger = logger;
    const journal = <Line>(path: string): LineJournal<Line> =>
      new LineJournal(path, (error, pending) => logger.error({ path, pending, error: error.message }, 'cannot write'));
    this.#samples = journal(samplesPath(folder, vantage));
    this.#outages = journal(outagesPath(settings));
    this.#mismatches = journal(join(folder, `${vantage}.mismatches.jsonl`));
    this.#numbers = new CanaryNumbers(folder, vantage, before.newestNumber);
    this.#tracker = new OutageTracker(before, (outage) => this.#note(outage));
  }

  static async start(settings: VantageSettings, logger: Logger): Promise<Watch> {
    const watch = new Watch(settings, logger, await whatWasBefore(settings));
    const { intervalMs, service, vantage, timeoutMs } = settings;
    watch.#stops.push(
      atFixedRate(intervalMs, () => watch.#sendCanary()),
      atFixedRate(Math.max(LEAST_READ_BACK_MS, intervalMs * CANARIES_PER_READ_BACK), () => watch.#readBack()),
    );
    logger.info({ service, vantage, intervalMs, timeoutMs }, 'watching');
    return watch;
  }

  /** Sends no more and waits for what is in flight: at most one time-out. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    await Promise.all(this.#inFlight);
    for (const journal of [this.#samples, this.#outages, this.#mismatches]) journal.close();
    this.#logger.info('stopped');
  }

  #sendCanary(): void {
    const number = this.#nextNumber();
    if (number === null) return;
    this.#tracker.began(number);
    this.#run(
      sendCanary(this.#settings, number).then((sample) => {
        this.#samples.append(sample);
        this.#tracker.ended(sample);
        if (sample.outcome === 'acknowledged') this.#newestAcknowledged = Math.max(this.#newestAcknowledged, number);
        else this.#logger.debug(sample, 'miss');
      }),
    );
  }

  /** `null` when no number can be reserved: a canary without one could not be told from another. */
  #nextNumber(): number | null {
    try {
      return this.#numbers.next();
    } catch (caught) {
      this.#logger.error({ error: (caught as Error).message }, 'cannot reserve numbers, so no canary is sent');
      return null;
    }
  }

  #readBack(): void {
    if (this.#newestAcknowledged === 0) return;
    this.#run(
      readBack(this.#settings, this.#newestAcknowledged).then((mismatch) => {
        if (!mismatch) return;
        this.#mismatches.append(mismatch);
        this.#logger.warn(mismatch, 'an acknowledged canary was not read back');
      }),
    );
  }

  #run(work: Promise<void>): void {
    const tracked = work.finally(() => this.#inFlight.delete(tracked));
    this.#inFlight.add(tracked);
  }

  #note(outage: OutageRecord): void {
    this.#outages.append(outage);
    if (outage.to === null) this.#logger.error(outage, 'outage began');
    else this.#logger.warn(outage, 'outage ended');
  }
}

const outagesPath = ({ folder, vantage }: VantageSettings): string => join(folder, `${vantage}.outages.jsonl`);

async function whatWasBefore(settings: VantageSettings) {
  const { newestNumber, lastSuccessAt } = await bequestOf(settings.folder, settings.vantage);
  const last = await lastOutage(outagesPath(settings));
  return { newestNumber, lastSuccessAt, outage: last?.to === null ? last : null };
}

async function lastOutage(path: string): Promise<OutageRecord | null> {
  for await (const line of linesFromEnd(path)) {
    try {
      return JSON.parse(line) as OutageRecord;
    } catch {
      // Cut short when the process before ended; the one above it is whole.
    }
  }
  return null;
}
