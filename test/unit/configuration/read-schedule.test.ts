import { describe, expect, it } from 'vitest';
import { intervalSeconds, readSchedule, SCHEDULE_FORMS, scheduleSpec } from '../../../domain/schedule.ts';
import { sameCalendar, valuesOf } from '../../../domain/schedule-calendar.ts';
import { clockChangeHit } from '../../../domain/schedule-clock-change.ts';

const days = (count: number) => count * 86_400;

describe('a line of a schedule', () => {
  it.each(SCHEDULE_FORMS)('is understood in the form that errors name: %s', (line) => {
    expect(readSchedule(line)).toHaveProperty('calendar');
  });

  it('becomes the first seven days of four months and a weekday, all of which must fit', () => {
    const { calendar, ...words } = scheduleSpec('quarterly: first Tuesday 09:00 Europe/Paris');
    expect(words).toEqual({ zone: 'Europe/Paris', rhythm: 'first Tue of quarter', time: '09:00', unit: 'quarter' });
    expect(Object.fromEntries(Object.entries(calendar).map(([field, ranges]) => [field, valuesOf(ranges)]))).toEqual({
      minute: [0],
      hour: [9],
      dayOfMonth: [1, 2, 3, 4, 5, 6, 7],
      month: [1, 4, 7, 10],
      dayOfWeek: [2],
    });
  });

  it('means the same as cron where cron can say it', () => {
    const cron = scheduleSpec('cron: 30 4 * * * Europe/Paris').calendar;
    expect(sameCalendar(cron, scheduleSpec('daily: 04:30 Europe/Paris').calendar)).toBe(true);
    expect(sameCalendar(cron, scheduleSpec('daily: 04:31 Europe/Paris').calendar)).toBe(false);
    const weekly = scheduleSpec('cron: 0 9 * * 7 UTC').calendar;
    expect(sameCalendar(weekly, scheduleSpec('weekly: Sunday 09:00 UTC').calendar)).toBe(true);
  });

  it.each([
    ['cron: */15 8-18/2 1,15 * * UTC', { minute: [0, 15, 30, 45], hour: [8, 10, 12, 14, 16, 18], dayOfMonth: [1, 15] }],
    ['cron: 5/20 0 * 1-3 * UTC', { minute: [5, 25, 45], month: [1, 2, 3] }],
  ])('reads ranges, lists and steps of cron: %s', (line, expected) => {
    const { calendar } = scheduleSpec(line);
    for (const [field, values] of Object.entries(expected)) {
      expect(valuesOf(calendar[field as 'minute'])).toEqual(values);
    }
  });

  it.each([
    ['', 'one of the forms'],
    ['daily 04:30 Europe/Paris', 'one of the forms'],
    ['hourly: 04:30 Europe/Paris', 'one of the forms'],
    ['daily: 4:30 Europe/Paris', 'hours and minutes from 00:00 to 23:59'],
    ['daily: 24:00 Europe/Paris', 'hours and minutes'],
    ['daily: Tuesday 04:30 Europe/Paris', "the form 'daily: 04:30 Europe/Paris'"],
    ['weekly: Someday 04:30 Europe/Paris', 'one of Sunday, Monday'],
    ['quarterly: fifth Tuesday 09:00 Europe/Paris', 'one of first, second, third, fourth'],
    ['quarterly: Tuesday 09:00 Europe/Paris', "the form 'quarterly: first Tuesday 09:00 Europe/Paris'"],
    ['daily: 04:30 +02:00', 'a time zone such as'],
    ['daily: 04:30 CET/', 'a time zone such as'],
    ['cron: 30 4 * * Europe/Paris', 'five and a zone'],
    ['cron: 60 4 * * * UTC', 'numbers from 0 to 59'],
    ['cron: 30 4 * * MON UTC', 'numbers from 0 to 6'],
    ['cron: 30 18-8 * * * UTC', 'numbers from 0 to 23'],
    ['cron: */0 4 * * * UTC', 'numbers from 0 to 59'],
    ['cron: 0 9 1-7 * 2 UTC', "'*' for one of them"],
  ])('is refused with what would be understood: %s', (line, expected) => {
    const read = readSchedule(line);
    expect('found' in read && read.expected).toContain(expected);
  });
});

describe('the interval', () => {
  it.each([
    ['daily: 04:30 Europe/Paris', days(1)],
    ['weekly: Tuesday 09:00 Europe/Paris', days(7)],
    ['monthly: first Tuesday 09:00 Europe/Paris', days(35)],
    ['quarterly: first Tuesday 09:00 Europe/Paris', days(98)],
    ['cron: */15 * * * * UTC', 900],
    ['cron: 0 9,17 * * * UTC', 16 * 3_600],
    ['cron: 0 9 * * 1-5 UTC', days(3)],
    ['cron: 0 9 29 2 * UTC', days(4 * 365 + 1)],
  ])('is the most that lies between two runs: %s', (line, seconds) => {
    expect(intervalSeconds(line)).toBe(seconds);
  });
});

describe('a change of the clocks', () => {
  const hit = (line: string) => {
    const { calendar, zone } = scheduleSpec(line);
    return clockChangeHit(calendar, zone, 2026);
  };

  it.each([
    ['daily: 02:30 Europe/Paris', '2026-03-29 02:30', 'never'],
    ['cron: 0 2 25 10 * Europe/Paris', '2026-10-25 02:00', 'twice'],
    ['daily: 01:30 Europe/London', '2026-03-29 01:30', 'never'],
    ['daily: 01:30 America/New_York', '2026-11-01 01:30', 'twice'],
    ['monthly: second Sunday 02:00 America/New_York', '2026-03-08 02:00', 'never'],
  ])('is found where a line would run %s', (line, wall, happens) => {
    expect(hit(line)).toEqual({ wall, happens });
  });

  it.each([
    'daily: 03:00 Europe/Paris',
    'daily: 01:59 Europe/Paris',
    'daily: 02:30 UTC',
    'daily: 02:30 Asia/Tokyo',
    // The clocks change on Sundays.
    'weekly: Tuesday 02:30 Europe/Paris',
    'quarterly: first Tuesday 02:30 Europe/Paris',
    // An hour that comes twice is two of many.
    'cron: */15 * * * * Europe/Paris',
  ])('does not concern %s', (line) => {
    expect(hit(line)).toBeNull();
  });
});
