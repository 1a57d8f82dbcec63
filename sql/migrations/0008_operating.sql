-- What an operator does to a running service, and what its programs tell of themselves.

-- A worker that is drained claims nothing more and ends what it has. With the worker: a new start is a new worker.
alter table workers add column draining boolean not null default false;

-- Nobody can sign in as a disabled user, and neither his keys nor his tokens open anything; what he owns stays.
alter table users add column disabled_at timestamptz;

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
