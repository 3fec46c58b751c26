import { readSchedule } from '../domain/schedule.ts';
import { longestGapSeconds } from '../domain/schedule-calendar.ts';
import { clockChangeHit } from '../domain/schedule-clock-change.ts';
import type { ServiceSchedule } from '../domain/service.ts';
import type { Problem } from './problem.ts';

const HOUR_SECONDS = 3_600;

/** Lines that are understood, run exactly once each time, and are made up for before the next one comes. */
export function scheduleProblems(schedules: readonly ServiceSchedule[]): readonly Problem[] {
  return schedules.flatMap((schedule, index) => {
    const field = `schedules[${index}]`;
    const again = schedules.findIndex(({ id }) => id === schedule.id) < index;
    return [
      ...(again
        ? [{ field: `${field}.id`, found: `is '${schedule.id}' again`, expected: 'different for each schedule' }]
        : []),
      ...timeProblems(schedule, field),
    ];
  });
}

function timeProblems({ every, catchUpHours }: ServiceSchedule, field: string): readonly Problem[] {
  const read = readSchedule(every);
  if ('found' in read) return [{ field: `${field}.every`, ...read }];
  const change = clockChangeHit(read.calendar, read.zone, new Date().getUTCFullYear());
  const gap = longestGapSeconds(read.calendar) ?? 0;
  return [
    ...(change
      ? [
          {
            field: `${field}.every`,
            found: `is ${JSON.stringify(every)}, a time that comes ${change.happens} when the clocks change (${change.wall} ${read.zone})`,
            expected: 'a time outside the hour that the change of the clocks skips or repeats, or in the zone UTC',
          },
        ]
      : []),
    ...(catchUpHours * HOUR_SECONDS > gap
      ? [
          {
            field: `${field}.catchUpHours`,
            found: `is ${catchUpHours}`,
            expected: `at most ${Math.floor(gap / HOUR_SECONDS)}, the hours until the next run: two at once help nobody`,
          },
        ]
      : []),
  ];
}
