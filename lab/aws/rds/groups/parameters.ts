/** One parameter of a cluster parameter group. `value: null`: the engine's own default, which RDS leaves out. */
export interface ClusterParameter {
  readonly name: string;
  readonly value: string | null;
  readonly source: 'engine-default' | 'system' | 'user';
}

export const FAMILY = 'aurora-postgresql18';

const byDefault = (name: string, value: string | null): ClusterParameter => ({ name, value, source: 'engine-default' });
const bySystem = (name: string, value: string): ClusterParameter => ({ name, value, source: 'system' });
const chosen = (name: string, value: string): ClusterParameter => ({ name, value, source: 'user' });

/** A few of the engine's several hundred: those that a disaster recovery compares. */
export const ENGINE_DEFAULTS: readonly ClusterParameter[] = [
  byDefault('log_min_duration_statement', null),
  byDefault('max_connections', 'LEAST({DBInstanceClassMemory/9531392},5000)'),
  byDefault('rds.force_ssl', '1'),
  byDefault('rds.global_db_rpo', null),
  byDefault('rds.logical_replication', '0'),
  bySystem('server_encoding', 'UTF8'),
  byDefault('shared_preload_libraries', 'pg_stat_statements'),
  byDefault('timezone', null),
  byDefault('transaction_timeout', null),
];

/** What the service's owner set, the same in both regions. */
export const SERVICE_PARAMETERS: readonly ClusterParameter[] = [
  chosen('log_min_duration_statement', '500'),
  chosen('max_connections', '400'),
  chosen('timezone', 'UTC'),
];
