import type { ServiceBackups, ServiceSchedule, ServiceValidation } from '../../domain/service.ts';

/** What the lab's service promises of restores and copies, and how it can be told that a restored database is whole. */

export const OBJECTIVES = { rtoSeconds: 900, rpoSeconds: 60, restoreSeconds: 1_800, exposureSeconds: 86_400 } as const;

export const BACKUPS: ServiceBackups = { retentionDaysAtLeast: 7, copies: { keep: 3, validateEvery: 7 } };

const settled = { timestampColumn: 'created_at', settledAfterSeconds: 2, bucketSeconds: 10 } as const;

export const VALIDATION: ServiceValidation = {
  deadlineSeconds: 60,
  tables: [
    { table: 'bookings', keyColumn: 'id', ...settled },
    { table: 'reminders', keyColumn: 'id', ...settled },
  ],
  invariants: [
    {
      id: 'no-double-canary',
      says: 'no two canaries of one vantage have one number',
      sql: 'select vantage, number from bookings where canary group by vantage, number having count(*) > 1',
    },
    {
      id: 'no-reminder-before-its-booking',
      says: 'no reminder is older than its booking',
      sql: `select reminders.id from reminders join bookings on bookings.id = reminders.booking_id
where reminders.created_at < bookings.created_at`,
    },
  ],
};

const CATCH_UP_HOURS = 6;

export const SCHEDULES: readonly ServiceSchedule[] = [
  {
    id: 'pitr-restore',
    runbook: 'pitr-restore-drill',
    mode: 'drill',
    parameters: {},
    every: 'quarterly: first Tuesday 09:00 Europe/Paris',
    catchUpHours: CATCH_UP_HOURS,
  },
  {
    id: 'snapshot-copy',
    runbook: 'snapshot-copy',
    mode: 'live',
    parameters: {},
    every: 'daily: 04:30 Europe/Paris',
    catchUpHours: CATCH_UP_HOURS,
  },
  {
    id: 'posture',
    runbook: 'posture',
    mode: 'drill',
    parameters: {},
    every: 'daily: 07:00 Europe/Paris',
    catchUpHours: CATCH_UP_HOURS,
  },
];
