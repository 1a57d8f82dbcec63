-- What an operator does to a running service, and what its programs tell of themselves.

-- A worker that is drained claims nothing more and ends what it has. With the worker: a new start is a new worker.
-- `draining` is the operator's word; `drained` the worker's: it has heard it and holds nothing.
alter table workers
  add column draining boolean not null default false,
  add column drained  boolean not null default false,
  add constraint only_a_draining_one_is_drained check (draining or not drained);

-- Nobody can sign in as a disabled user, and neither his keys nor his tokens open anything; what he owns stays.
-- Tokens from before `tokens_from` are no good: a new password or a disabling ends what was signed in.
alter table users
  add column disabled_at timestamptz,
  add column tokens_from timestamptz;

-- What each process counted, as it last wrote it: any API process can then answer for all of them at /metrics, and
-- workers need no port. One that has not written for a minute is gone. May be lost in a crash: it is written anew.
create unlogged table metrics (
  process text        primary key check (process <> ''),
  program text        not null check (program <> ''),
  host    text        not null,
  at      timestamptz not null default clock_timestamp(),
  body    text        not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);

do $$
begin
  if to_regrole('runyard_app') is not null then
    grant select, insert, update, delete on metrics to runyard_app;
  end if;
  if to_regrole('runyard_worker') is not null then
    grant select, insert, update, delete on metrics to runyard_worker;
  end if;
end $$;
