-- Runs that somebody talks to while they run, and output that is read as it comes.

-- Somebody wants the output as it comes: only then does a worker write it here.
alter table queue add column followed boolean not null default false;
-- A live run's key once more, else null. Live runs have slots of their own at a worker, so each claim looks
-- for them apart; a column and not a flag, since only an index whose order nothing else has is sure to be used.
alter table queue add column live_key bigint;
create index queue_live on queue (live_key) where live_key is not null;

-- Events of a followed execution, in their order. The id is (attempt - 1) * 1,000,000,000 + its number within the
-- attempt. What a crash takes away is in the result. Removed ten minutes after it was written.
create unlogged table live_output (
  execution_id uuid        not null,
  id           bigint      not null check (id > 0),
  kind         text        not null check (kind in ('status', 'stdout', 'stderr', 'test')),
  data         bytea       not null check (length(data) <= 16384),
  at           timestamptz not null default clock_timestamp(),
  primary key (execution_id, id)
);
create index live_output_age on live_output using brin (at);

-- What was typed, and what else reaches a running program. The worker deletes what it has handed on. The sequence
-- is no part of the table: an unlogged one begins anew after a crash, and a worker that has read further would wait
-- for ever.
create sequence live_input_ids;
create unlogged table live_input (
  execution_id uuid        not null,
  id           bigint      not null default nextval('live_input_ids'),
  kind         text        not null check (kind in ('stdin', 'eof', 'resize', 'signal')),
  data         bytea       not null default '' check (length(data) <= 16384),
  at           timestamptz not null default clock_timestamp(),
  primary key (execution_id, id)
);

-- Live runs that end with their client's connection, and the gateway that holds it. A gateway writes seen_at
-- every five seconds; what nobody has written for twenty is cancelled.
create unlogged table live_runs (
  execution_id uuid        primary key,
  gateway      uuid        not null,
  seen_at      timestamptz not null default clock_timestamp()
) with (fillfactor = 50);
create index live_runs_gateway on live_runs (gateway);

do $$
begin
  if to_regrole('runyard_app') is not null then
    grant select on live_output to runyard_app;
    grant select, insert on live_input to runyard_app;
    grant usage on sequence live_input_ids to runyard_app;
    grant select, insert, update, delete on live_runs to runyard_app;
  end if;
  if to_regrole('runyard_worker') is not null then
    grant select, insert, delete on live_output to runyard_worker;
    grant select, delete on live_input to runyard_worker;
  end if;
end $$;
