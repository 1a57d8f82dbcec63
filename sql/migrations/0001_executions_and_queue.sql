-- What was submitted, how it ended, and what is still to do. sql/README.md draws the states.

-- Submissions: written once, never updated, removed by their owner or with their partition. Partitioned by
-- the id, whose first 48 bits are the time, so that retention is the drop of a partition.
create table executions (
  id          uuid        not null,
  owner       text        not null check (owner <> ''),
  language    text        not null check (language <> ''),
  version     text        not null,
  project_id  text        not null default '',
  isolation   text        not null check (isolation in ('reuse', 'fresh')),
  -- The whole submission with its limits resolved (core/submission.hpp). json, not jsonb: nothing looks
  -- inside, and the text is given back as it came.
  request     json        not null,
  created_at  timestamptz not null default clock_timestamp(),
  primary key (id)
) partition by range (id);

-- An owner's history, newest first.
create index executions_owner on executions (owner, id);

-- Results: written once by whoever ended the execution. The primary key is what keeps an execution from
-- finishing twice.
create table results (
  execution_id      uuid        not null,
  status            text        not null,
  reason            text,
  message           text        not null default '',
  stdout            bytea       not null default '',
  stderr            bytea       not null default '',
  stdout_truncated  boolean     not null default false,
  stderr_truncated  boolean     not null default false,
  exit_code         integer,
  signal            integer,
  wall_ms           bigint      check (wall_ms >= 0),
  cpu_ms            bigint      check (cpu_ms >= 0),
  memory_kb         bigint      check (memory_kb >= 0),
  compile           json,
  tests             json,
  score             double precision check (score between 0 and 1),
  artifacts         json,
  attempt           smallint    not null check (attempt between 0 and 3),
  worker            uuid,
  sandbox_reused    boolean     not null default false,
  runtime           text        not null default '',
  queue_ms          bigint      not null check (queue_ms >= 0),
  started_at        timestamptz,
  finished_at       timestamptz not null default clock_timestamp(),
  primary key (execution_id),
  constraint reason_fits_status check (case status
    when 'COMPLETED' then reason is null
    when 'FAILED' then reason in ('COMPILE_ERROR', 'RUNTIME_ERROR', 'WRONG_ANSWER', 'MEMORY_LIMIT',
                                  'OUTPUT_LIMIT', 'PROCESS_LIMIT', 'DISK_LIMIT', 'FORBIDDEN_SYSCALL',
                                  'SANDBOX_FAILURE', 'WORKER_LOST')
    when 'TIMEOUT' then reason in ('WALL_TIME', 'CPU_TIME', 'COMPILE_TIME')
    when 'CANCELLED' then reason = 'CANCELLED'
    else false end),
  constraint reason_is_known check (status = 'COMPLETED' or reason is not null),
  constraint exit_code_or_signal check (exit_code is null or signal is null)
) partition by range (execution_id);

-- One narrow row an unfinished execution; the finish deletes it. Claims and heartbeats change no indexed
-- column, so with room in the page (fillfactor) they are HOT and write no index.
create table queue (
  id          uuid        not null primary key,
  -- The owner's virtual time in microseconds: greatest(its last + step, now) + the priority's offset.
  key         bigint      not null,
  owner       text        not null,
  priority    text        not null check (priority in ('high', 'normal', 'low')),
  language    text        not null,
  attempt     smallint    not null default 0 check (attempt between 0 and 3),
  worker      uuid,
  lease_until timestamptz,
  cancelled   boolean     not null default false,
  queued_at   timestamptz not null default clock_timestamp(),
  claimed_at  timestamptz,
  constraint leased_by_a_worker check ((worker is null) = (lease_until is null)),
  constraint claimed_is_an_attempt check (worker is null or attempt > 0),
  constraint only_a_claimed_one_is_asked_to_stop check (not cancelled or attempt > 0)
) with (fillfactor = 50,
        autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_cost_delay = 0,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000);
create index queue_order on queue (key);
create index queue_owner on queue (owner, priority, key);

-- A request that is sent again finds its execution. Kept for a day.
create table idempotency (
  owner        text        not null,
  key          text        not null check (length(key) between 1 and 200),
  execution_id uuid        not null,
  digest       text        not null,
  created_at   timestamptz not null default clock_timestamp(),
  primary key (owner, key)
);
create index idempotency_age on idempotency (created_at);

-- The next three say who wants to be notified and who is alive. They may be lost in a crash: whoever waits
-- also polls slowly, and each heartbeat writes its row anew.
create unlogged table watch (
  execution_id uuid primary key
);
create unlogged table workers (
  id         uuid        primary key,
  host       text        not null,
  slots      integer     not null check (slots > 0),
  running    integer     not null check (running >= 0),
  warm       integer     not null check (warm >= 0),
  images     text[]      not null,
  started_at timestamptz not null default clock_timestamp(),
  seen_at    timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
create unlogged table idle_workers (
  worker uuid primary key
) with (fillfactor = 50);

-- An execution with its state, as the API shows it.
create view execution as
  select e.id, e.owner, e.language, e.version, e.project_id, e.isolation, e.created_at,
         coalesce(r.status, case when q.worker is null then 'QUEUED' else 'RUNNING' end) as status,
         r.reason, r.message, r.stdout, r.stderr, r.stdout_truncated, r.stderr_truncated,
         r.exit_code, r.signal, r.wall_ms, r.cpu_ms, r.memory_kb, r.compile, r.tests, r.score,
         r.artifacts, r.sandbox_reused, r.runtime,
         coalesce(r.attempt, q.attempt, 0) as attempt,
         coalesce(r.queue_ms, (extract(epoch from q.claimed_at - q.queued_at) * 1000)::bigint) as queue_ms,
         coalesce(r.started_at, q.claimed_at) as started_at, r.finished_at
  from executions e
  left join results r on r.execution_id = e.id
  left join queue q on q.id = e.id;

-- The least UUIDv7 of a time.
create function uuid7_floor(at timestamptz) returns uuid
language sql immutable strict as $$
  select (substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-0000-0000-000000000000')::uuid
  from (select lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') as h) as hex
$$;

-- Makes the partitions of the month of `from_time` and of `ahead` more. Owned by the schema's owner, so that
-- the programs need no right to create tables. Repeating it changes nothing.
create function ensure_partitions(from_time timestamptz, ahead integer) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  month timestamp := date_trunc('month', from_time at time zone 'UTC');
  base text;
  suffix text;
begin
  perform pg_advisory_xact_lock(hashtext('runyard partitions'));
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

-- Drops every partition whose whole month lies before `keep_from` and none of whose executions is still to
-- do. Returns how many months went.
create function drop_partitions(keep_from timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  suffix text;
  month timestamp;
  dropped integer := 0;
begin
  perform pg_advisory_xact_lock(hashtext('runyard partitions'));
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

select ensure_partitions(clock_timestamp(), 2);

-- Each program may do what its statements do, and no more. A database with one role for everything (an
-- existing one, given as RUNYARD_DB) has no such roles.
do $$
begin
  revoke execute on function ensure_partitions, drop_partitions from public;
  if to_regrole('runyard_app') is not null then
    grant select on execution to runyard_app;
    grant select, insert, delete on executions to runyard_app;
    grant select, insert, delete on results to runyard_app;
    grant select, insert, update, delete on queue to runyard_app;
    grant select, insert on idempotency to runyard_app;
    grant delete on idempotency to runyard_app;
    grant select, insert, delete on watch to runyard_app;
    grant select on workers, idle_workers, schema_version to runyard_app;
  end if;
  if to_regrole('runyard_worker') is not null then
    grant select on executions, schema_version to runyard_worker;
    grant select, insert on results to runyard_worker;
    grant select, update, delete on queue to runyard_worker;
    grant select, delete on idempotency to runyard_worker;
    grant select, delete on watch to runyard_worker;
    grant select, insert, update, delete on workers, idle_workers to runyard_worker;
    grant execute on function ensure_partitions, drop_partitions to runyard_worker;
  end if;
end $$;
