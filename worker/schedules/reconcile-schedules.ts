import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleNotFoundError,
} from '@temporalio/client';
import { LifeboatError } from '../../domain/errors.ts';
import { scheduleIdOf } from '../../domain/ids.ts';
import type { Configuration, ServiceSchedule } from '../../domain/service.ts';
import { type DesiredSchedule, desiredSchedule, scheduleOptions } from './desired-schedule.ts';
import { scheduleDifferences } from './schedule-differences.ts';

/** What was found and done about one schedule. */
export interface ReconciledSchedule {
  readonly scheduleId: string;
  readonly did: 'kept' | 'created' | 'changed' | 'removed' | 'failed';
  /** What differed, or why it failed. */
  readonly because: string;
}

const CALL_MS = 10_000;
/** Ids of every schedule that Lifeboat makes begin so. */
const OURS = scheduleIdOf('', '').split('/')[0]!;
/** Key in a schedule's memo under which its environment stands: what carries another, or none, is somebody else's. */
const MEMO_KEY = 'lifeboat';

/**
 * Brings Temporal's schedules in line with the configuration: makes what is missing (new, or vanished), changes what
 * differs, and removes what is no longer declared. Whether one is paused is people's business and stays. One that cannot be
 * put right does not keep the others from it.
 */
export async function reconcileSchedules(
  client: Client,
  configuration: Configuration,
): Promise<readonly ReconciledSchedule[]> {
  const declared = Object.values(configuration.services).flatMap((service) =>
    (service.schedules ?? []).map((schedule) => ({ service: service.name, schedule })),
  );
  const done: ReconciledSchedule[] = [];
  for (const { service, schedule } of declared) {
    const scheduleId = scheduleIdOf(service, schedule.id);
    done.push(await guarded(scheduleId, () => reconcileOne(client, configuration, service, schedule)));
  }
  const ids = new Set(done.map(({ scheduleId }) => scheduleId));
  const strays = await guarded('', async () => {
    for (const scheduleId of await straySchedules(client, configuration.environment, ids)) {
      done.push(await guarded(scheduleId, () => remove(client, scheduleId)));
    }
    return { scheduleId: '', did: 'kept', because: '' };
  });
  return strays.did === 'failed' ? [...done, { ...strays, scheduleId: `${OURS}/*` }] : done;
}

async function guarded(scheduleId: string, work: () => Promise<ReconciledSchedule>): Promise<ReconciledSchedule> {
  try {
    return await work();
  } catch (caught) {
    return { scheduleId, did: 'failed', because: caught instanceof Error ? caught.message : String(caught) };
  }
}

/** Every call ends in time; a schedule that hangs must not keep the worker's hands off the others. */
const soon = <Result>(client: Client, work: () => Promise<Result>): Promise<Result> =>
  client.withDeadline(Date.now() + CALL_MS, work);

async function reconcileOne(
  client: Client,
  configuration: Configuration,
  service: string,
  schedule: ServiceSchedule,
): Promise<ReconciledSchedule> {
  const desired = desiredSchedule(configuration, service, schedule);
  const { scheduleId } = desired;
  const handle = client.schedule.getHandle(scheduleId);
  const found = await soon(client, () => described(handle));
  if (!found) return create(client, configuration, desired);
  if (found.memo?.[MEMO_KEY] !== configuration.environment) {
    throw new LifeboatError(
      'DR_NAME_TAKEN',
      `schedule '${scheduleId}' was not made by Lifeboat in ${configuration.environment}`,
      {
        field: 'schedules',
        actual: scheduleId,
        remedy: `Remove it by hand if it is yours: temporal schedule delete --schedule-id ${scheduleId}`,
      },
    );
  }
  const differs = scheduleDifferences(desired, found);
  if (differs.length === 0) return { scheduleId, did: 'kept', because: '' };
  await soon(client, () =>
    handle.update(({ state }) => ({
      ...scheduleOptions(desired),
      state: { paused: state.paused, ...(state.note !== undefined && { note: state.note }) },
    })),
  );
  return { scheduleId, did: 'changed', because: differs.join(', ') };
}

async function described(handle: ScheduleHandle): Promise<ScheduleDescription | null> {
  try {
    return await handle.describe();
  } catch (caught) {
    if (caught instanceof ScheduleNotFoundError) return null;
    throw caught;
  }
}

async function create(
  client: Client,
  { environment }: Configuration,
  desired: DesiredSchedule,
): Promise<ReconciledSchedule> {
  const { scheduleId } = desired;
  try {
    await soon(client, () =>
      client.schedule.create({ scheduleId, ...scheduleOptions(desired), memo: { [MEMO_KEY]: environment } }),
    );
    return { scheduleId, did: 'created', because: 'it was not there' };
  } catch (caught) {
    // Another worker was quicker; the next round looks whether it did right.
    if (caught instanceof ScheduleAlreadyRunning) return { scheduleId, did: 'kept', because: '' };
    throw caught;
  }
}

/** Ours, and declared no longer. The list lags behind, so one may be gone already. */
async function straySchedules(
  client: Client,
  environment: string,
  declared: ReadonlySet<string>,
): Promise<readonly string[]> {
  return soon(client, async () => {
    const found: string[] = [];
    for await (const { scheduleId, memo } of client.schedule.list()) {
      const ours = scheduleId.startsWith(`${OURS}/`) && memo?.[MEMO_KEY] === environment;
      if (ours && !declared.has(scheduleId)) found.push(scheduleId);
    }
    return found;
  });
}

async function remove(client: Client, scheduleId: string): Promise<ReconciledSchedule> {
  try {
    await soon(client, () => client.schedule.getHandle(scheduleId).delete());
  } catch (caught) {
    if (!(caught instanceof ScheduleNotFoundError)) throw caught;
  }
  return { scheduleId, did: 'removed', because: 'it is no longer declared' };
}
