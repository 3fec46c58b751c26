import { z } from 'zod';
import {
  keyArn,
  nonEmpty,
  oneOf,
  path,
  slug,
  sqlIdentifier,
  sqlQuery,
  wholeNumber,
  withPrefix,
} from './field-schemas.ts';

/** Sections about restoring: where to, how it is believed, when by itself, and what backups are held against. */

export const restorePlacement = z.strictObject({
  subnetGroup: nonEmpty('the name of a DB subnet group'),
  securityGroups: z.array(withPrefix('sg-', "the id of a security group, 'sg-…'")),
  parameterGroup: nonEmpty('the name of a DB cluster parameter group'),
  kmsKey: keyArn.exactOptional(),
  instanceClass: withPrefix('db.', "an instance class, for instance 'db.r6g.large'"),
});

export const validation = z.strictObject({
  deadlineSeconds: wholeNumber(1, 86_400, 'seconds'),
  tables: z.array(
    z.strictObject({
      table: sqlIdentifier,
      keyColumn: sqlIdentifier,
      timestampColumn: sqlIdentifier,
      settledAfterSeconds: wholeNumber(0, 86_400, 'seconds'),
      bucketSeconds: wholeNumber(1, 31_622_400, 'seconds'),
    }),
  ),
  invariants: z.array(z.strictObject({ id: slug('an id'), says: nonEmpty('what must hold, in words'), sql: sqlQuery })),
});

export const schedule = z.strictObject({
  id: slug('an id'),
  runbook: slug('the id of a runbook'),
  mode: oneOf(['drill', 'live']),
  /** May be left out: none. */
  parameters: z.record(z.string(), z.json()).exactOptional(),
  every: nonEmpty("when, for instance 'daily: 04:30 Europe/Paris'"),
  catchUpHours: wholeNumber(1, 168, 'hours'),
});

export const backups = z.strictObject({
  retentionDaysAtLeast: wholeNumber(1, 35, 'days'),
  copies: z.strictObject({
    keep: wholeNumber(1, 100, 'copies'),
    validateEvery: wholeNumber(1, 1_000, 'copies'),
  }),
});

export const coldRecovery = z.strictObject({
  infrastructureFolder: path('the folder of the recovery stack'),
  variables: z.record(z.string(), z.string({ error: 'text' })),
});
