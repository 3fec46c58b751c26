import type { Invariant } from '../../../domain/service.ts';
import type { Statement } from '../../clients/clients.ts';

export const databaseSize: Statement = { sql: 'select pg_database_size(current_database())::text as bytes' };

/** Pages whose checksum did not match since the server started; `null` where it keeps none. */
export const pageFailures: Statement = {
  sql: `select case when current_setting('data_checksums') = 'on' then checksum_failures::text end as failures
          from pg_stat_database where datname = current_database()`,
  mayFail: true,
};

/** Only how many rows break a rule: what stands in them is about patients. */
export const countViolations = ({ sql }: Invariant): Statement => ({
  sql: `select count(*)::text as violations from (\n${sql.trim().replace(/;\s*$/, '')}\n) as violations`,
  mayFail: true,
});
