import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { shapeOf } from '../../domain/errors.ts';
import type { Configuration } from '../../domain/service.ts';
import { reconcileSchedules } from './reconcile-schedules.ts';

/** As far as the worker's log is needed. */
interface Log {
  info(about: object, says: string): void;
  error(about: object, says: string): void;
}

export interface KeptSchedules {
  readonly client: Client;
  readonly configuration: Configuration;
  readonly log: Log;
  readonly signal: AbortSignal;
  readonly everyMs?: number;
}

const EVERY_MS = 60_000;

/**
 * Keeps Temporal's schedules as the configuration declares them, from now until the signal: Temporal may lose one (a
 * schedule paused for a week can vanish when it is resumed), and people may change one by hand. Never throws.
 */
export async function keepSchedules({
  client,
  configuration,
  log,
  signal,
  everyMs = EVERY_MS,
}: KeptSchedules): Promise<void> {
  while (!signal.aborted) {
    try {
      const done = await reconcileSchedules(client, configuration);
      if (signal.aborted) return;
      for (const { scheduleId, did, because } of done) {
        if (did === 'failed') log.error({ scheduleId, because }, 'a schedule is not as declared');
        else if (did !== 'kept') log.info({ scheduleId, because }, `schedule ${did}`);
      }
    } catch (caught) {
      log.error({ error: shapeOf(caught) }, 'the schedules could not be looked at');
    }
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
  }
}
