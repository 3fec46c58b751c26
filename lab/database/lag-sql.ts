/**
 * What Aurora knows of a global database's lag, rebuilt on streaming replication. The tables are replicated, so the
 * function answers on both sides; when replication stops, the standby's row and its time stand still.
 *
 * A heartbeat says "at this time the log ended here". A standby that has stored the log up to some place is as far behind
 * as its newest heartbeat before that place is older than its reply; one that has stored all it was sent is not behind.
 */
export const LAG_SQL = `
create schema aurora;

create table aurora.heartbeat (
  lsn pg_lsn not null,
  at timestamptz not null
);

create table aurora.global_status (
  aws_region text primary key,
  highest_lsn_written bigint,
  durability_lag_in_msec double precision,
  rpo_lag_in_msec double precision,
  last_lag_calculation_time timestamptz,
  feedback_epoch bigint,
  feedback_xmin bigint
);

create function aurora_global_db_status() returns setof aurora.global_status language sql stable as $$
  select * from aurora.global_status order by rpo_lag_in_msec nulls last
$$;

create function aurora.sample(writer text) returns void language plpgsql as $$
begin
  insert into aurora.heartbeat values (pg_current_wal_insert_lsn(), clock_timestamp());
  delete from aurora.heartbeat where at < clock_timestamp() - interval '10 minutes';

  -- As in Aurora, -1 and the time 0 mark the writer.
  insert into aurora.global_status values (writer, pg_current_wal_lsn() - '0/0', -1, -1, to_timestamp(0), 0, 0)
  on conflict (aws_region) do update set
    highest_lsn_written = excluded.highest_lsn_written,
    durability_lag_in_msec = -1,
    rpo_lag_in_msec = -1,
    last_lag_calculation_time = to_timestamp(0),
    feedback_epoch = 0,
    feedback_xmin = 0;

  insert into aurora.global_status
  select standby.application_name, standby.flush_lsn - '0/0', lag.in_msec, lag.in_msec, standby.reply_time,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint >> 32, coalesce(standby.backend_xmin::text::bigint, 0)
  from pg_stat_replication standby, lateral (
    select case
      when standby.flush_lsn >= standby.sent_lsn then 0
      when max(beat.at) is not null then greatest(0, extract(epoch from standby.reply_time - max(beat.at)) * 1000)
    end as in_msec
    from aurora.heartbeat beat where beat.lsn <= standby.flush_lsn
  ) lag
  where standby.state = 'streaming' and standby.reply_time is not null and lag.in_msec is not null
  on conflict (aws_region) do update set
    highest_lsn_written = excluded.highest_lsn_written,
    durability_lag_in_msec = excluded.durability_lag_in_msec,
    rpo_lag_in_msec = excluded.rpo_lag_in_msec,
    last_lag_calculation_time = excluded.last_lag_calculation_time,
    feedback_epoch = excluded.feedback_epoch,
    feedback_xmin = excluded.feedback_xmin
  where global_status.last_lag_calculation_time is null
    or global_status.last_lag_calculation_time < excluded.last_lag_calculation_time;
end
$$;

create function aurora.became_writer(writer text) returns void language plpgsql as $$
begin
  -- How far the others are is unknown until they follow this writer.
  update aurora.global_status set highest_lsn_written = null, durability_lag_in_msec = null, rpo_lag_in_msec = null,
    last_lag_calculation_time = null, feedback_epoch = null, feedback_xmin = null
  where aws_region <> writer;
  perform aurora.sample(writer);
end
$$;
`;
