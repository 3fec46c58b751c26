import { type ScheduleDescription, type ScheduleHandle, ScheduleNotFoundError } from '@temporalio/client';
import { LifeboatError } from '../domain/errors.ts';
import type { ScheduledStart } from '../domain/execution.ts';
import { scheduleIdOf } from '../domain/ids.ts';
import { declarationOf } from '../domain/schedule-execution.ts';
import type { ServiceSchedule } from '../domain/service.ts';
import { canonicalDigest } from '../runbooks/language/digest.ts';
import type { ScheduleName } from './lifeboat-schedules.ts';

export const idOf = ({ service, id }: ScheduleName): string => scheduleIdOf(service, id);

/** `null` when Temporal has no such schedule. */
export async function found(handle: ScheduleHandle): Promise<ScheduleDescription | null> {
  try {
    return await handle.describe();
  } catch (caught) {
    if (caught instanceof ScheduleNotFoundError) return null;
    throw caught;
  }
}

/** Whether what stands in Temporal is what is declared now. */
export function isCurrent({ action }: ScheduleDescription, declared: ServiceSchedule): boolean {
  const [start] = (action.args ?? []) as readonly (Partial<ScheduledStart> | undefined)[];
  return start?.declaration === canonicalDigest(declarationOf(declared));
}

export function missing(name: ScheduleName, says: string): LifeboatError {
  return new LifeboatError('DR_SCHEDULE_MISSING', `${says} '${name.id}' of ${name.service}`, {
    field: 'schedule',
    actual: idOf(name),
  });
}
