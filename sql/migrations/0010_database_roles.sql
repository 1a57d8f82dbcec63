-- Each role may write what its statements write, column by column where that matters, and waits for no lock that
-- another role can take.

-- A month's partitions are made and dropped by one at a time. What they lock for that is a table that only the owner
-- may lock so: an advisory lock could be held by whoever may connect, for ever. While these functions wait for a long
-- report to let go of a partition, everybody else waits behind them: so they give up soon and are called again.
create or replace function ensure_partitions(from_time timestamptz, ahead integer) returns void
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '1s' as $$
declare
  month timestamp := date_trunc('month', from_time at time zone 'UTC');
  base text;
  suffix text;
begin
  if ahead not between 0 and 24 then raise exception 'ahead must be 0 to 24'; end if;
  lock table schema_version in share row exclusive mode;
  for i in 0..ahead loop
    suffix := to_char(month, '_YYYY_MM');
    foreach base in array array['executions', 'results'] loop
      if to_regclass(base || suffix) is null then
        execute format('create table %I partition of %I for values from (%L) to (%L)', base || suffix, base,
                       uuid7_floor(month at time zone 'UTC'),
                       uuid7_floor((month + interval '1 month') at time zone 'UTC'));
      end if;
    end loop;
    month := month + interval '1 month';
  end loop;
end $$;

create or replace function drop_partitions_of_executions(keep_from timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '1s' as $$
declare
  suffix text;
  month timestamp;
  dropped integer := 0;
begin
  lock table schema_version in share row exclusive mode;
  for suffix in
    select substr(c.relname, length('executions') + 1)
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'executions'::regclass order by 1
  loop
    month := to_timestamp(suffix, '_YYYY_MM') at time zone 'UTC';
    continue when (month + interval '1 month') at time zone 'UTC' > keep_from;
    continue when exists (select from queue
                          where id >= uuid7_floor(month at time zone 'UTC')
                            and id < uuid7_floor((month + interval '1 month') at time zone 'UTC'));
    execute format('drop table %I, %I', 'executions' || suffix, 'results' || suffix);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

-- Removes executions that no list shows and that ended so long ago, a thousand at most; returns how many went. With
-- the owner's rights, so that a worker needs none to delete what is in somebody's history.
create function forget_unlisted(kept_s bigint) returns integer
language sql volatile security definer set search_path = public, pg_temp as $$
  with old as (
    select e.id, e.owner
    from executions e join results r on r.execution_id = e.id
    where not e.listed and e.id < uuid7_floor(clock_timestamp() - kept_s * interval '1 s')
      and r.finished_at < clock_timestamp() - kept_s * interval '1 s'
    order by e.id
    limit 1000),
  r as (delete from results using old where results.execution_id = old.id),
  i as (delete from idempotency using old
        where idempotency.owner = old.owner and idempotency.execution_id = old.id),
  h as (delete from webhooks using old where webhooks.execution_id = old.id),
  e as (delete from executions using old where executions.id = old.id returning 1)
  select count(*)::integer from e
$$;

do $$
declare
  moved_by_workers text;
begin
  revoke execute on function forget_unlisted from public;
  if to_regrole('runyard_app') is not null then
    -- It says what it wants of an execution; who has it, and since when, is the workers' to say.
    revoke update on queue from runyard_app;
    grant update (cancelled, followed) on queue to runyard_app;
    -- The end of what never ran. No other result is the API's to write.
    revoke insert on results from runyard_app;
    grant insert (execution_id, status, reason, message, attempt, queue_ms) on results to runyard_app;
  end if;
  if to_regrole('runyard_worker') is not null then
    -- All but what the API says: a worker neither cancels nor gives to another owner, nor before its turn.
    select string_agg(quote_ident(attname), ', ') into moved_by_workers
    from pg_attribute
    where attrelid = 'queue'::regclass and attnum > 0 and not attisdropped
      and attname <> all (array['id', 'key', 'live_key', 'owner', 'priority', 'language', 'queued_at', 'cancelled',
                                'followed', 'callback_url']);
    revoke update on queue from runyard_worker;
    execute format('grant update (%s) on queue to runyard_worker', moved_by_workers);
    revoke select, delete on results from runyard_worker;
    revoke delete on executions from runyard_worker;
    grant execute on function forget_unlisted to runyard_worker;
  end if;

  -- In a database of ours nobody makes temporary tables, and nobody but its owner has a place in the schema: someone's
  -- own one (RUNYARD_DB) is left as it is. sql/roles.sql has what only a superuser can take away.
  if to_regrole('runyard_reporting') is null then return; end if;
  begin
    execute format('revoke temporary on database %I from public', current_database());
    revoke create on schema public from public;
  exception when insufficient_privilege then
    raise warning 'temporary tables are not refused: run sql/roles.sql as a superuser';
  end;
end $$;
