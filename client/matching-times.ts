import { type Client, isGrpcServiceError } from '@temporalio/client';
import { msToTs, tsToDate } from '@temporalio/common/lib/time.js';
import { intervalSeconds } from '../domain/schedule.ts';
import type { ServiceSchedule } from '../domain/service.ts';

interface InTemporal {
  readonly namespace: string;
  readonly scheduleId: string;
}

const NOT_FOUND = 5;
/** The server gives no more at once, and does not say that it cut the list. */
const MOST = 1_000;
/** A change of the clocks may put an hour between two runs. */
const SLACK_MS = 2 * 3_600_000;

/** When Temporal says that a schedule fires, both ends included; `null` when there is no such schedule. */
export async function matchingTimes(
  client: Client,
  { namespace, scheduleId }: InTemporal,
  from: Date,
  to: Date,
): Promise<readonly Date[] | null> {
  const all: Date[] = [];
  // The server leaves the start of the range out.
  for (let after = from.getTime() - 1; ; ) {
    const asked = { namespace, scheduleId, startTime: msToTs(after), endTime: msToTs(to.getTime()) };
    const page = await client.workflowService.listScheduleMatchingTimes(asked).catch((caught: unknown) => {
      if (isGrpcServiceError(caught) && Number(caught.code) === NOT_FOUND) return null;
      throw caught;
    });
    if (page === null) return null;
    const times = (page.startTime ?? []).map(tsToDate);
    all.push(...times);
    const last = times.at(-1);
    if (!last || times.length < MOST) break;
    after = last.getTime();
  }
  return all;
}

/** When it was due last, since it was made. */
export async function previousTime(
  client: Client,
  at: InTemporal,
  { every }: ServiceSchedule,
  createdAt: Date,
): Promise<Date | null> {
  const now = Date.now();
  const earliest = Math.max(createdAt.getTime(), now - intervalSeconds(every) * 1_000 - SLACK_MS);
  const times = await matchingTimes(client, at, new Date(earliest), new Date(now));
  return times?.at(-1) ?? null;
}
