-- What an operator does to a running service, and what its programs tell of themselves.

-- A worker that is drained claims nothing more and ends what it has. With the worker: a new start is a new worker.
-- `draining` is the operator's word; `drained` the worker's: it has heard it and holds nothing.
alter table workers
  add column draining boolean not null default false,
  add column drained  boolean not null default false,
  add constraint only_a_draining_one_is_drained check (draining or not drained);

create or replace view reporting.workers as
  select id, host, slots, running, warm, cardinality(images) as images, sandbox, started_at, seen_at,
         seen_at > statement_timestamp() - interval '15 s' as alive, draining
  from workers;
comment on column reporting.workers.draining is 'Whether the operator drains it: it claims nothing more.';

-- Nobody can sign in as a disabled user, and neither his keys nor his tokens open anything; what he owns stays.
-- A token names the generation it is of; a new password or a disabling begins another, which ends what was signed in.
alter table users
  add column disabled_at timestamptz,
  add column token_generation bigint not null default 0;

-- What each process counted, as it last wrote it: any API process can then answer for all of them at /metrics, and
-- workers need no port. One that has not written for a minute is gone. May be lost in a crash: it is written anew.
create unlogged table metrics (
  process text        primary key check (process <> ''),
  program text        not null check (program <> ''),
  host    text        not null,
  at      timestamptz not null default clock_timestamp(),
  body    text        not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);

-- For how long the oldest transaction has kept dead rows from being removed: with one of an hour the queue is slow.
-- Only who may see other sessions knows, which is the owner (of pg_read_all_stats) and not the programs: they
-- learn this number alone. Null where the owner may not either.
create function oldest_snapshot_s() returns double precision
language sql volatile security definer set search_path = pg_catalog, pg_temp as $$
  select case when pg_has_role(current_user, 'pg_read_all_stats', 'usage') then
    greatest(0, coalesce(extract(epoch from clock_timestamp() - min(xact_start)), 0))
  end::double precision
  from pg_stat_activity
  where backend_xmin is not null and pid <> pg_backend_pid() and backend_type <> 'autovacuum worker'
    and datname = current_database()
$$;
revoke execute on function oldest_snapshot_s() from public;

-- One execution of an owner's. Planned once a session: the planner otherwise looks at the partitions each time that
-- somebody polls, three times as long as the search takes. Without sequential scans, since a plan from when a
-- partition was empty stays.
create function find_execution(wanted uuid, of_owner text) returns setof execution
language plpgsql stable rows 1
set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return query select * from execution where id = wanted and owner = of_owner;
end
$$;

do $$
begin
  if to_regrole('runyard_app') is not null then
    grant select, insert, update, delete on metrics to runyard_app;
    grant execute on function oldest_snapshot_s() to runyard_app;
  end if;
  if to_regrole('runyard_worker') is not null then
    grant select, insert, update, delete on metrics to runyard_worker;
  end if;
end $$;
