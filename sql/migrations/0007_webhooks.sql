-- Who is told when an execution ends.

-- Where to; null for most. It travels with the queue's row, so that the statement which ends an execution knows
-- without looking anywhere, and an end without one costs nothing.
alter table queue add column callback_url text check (length(callback_url) between 1 and 2000);

-- What is to be sent, and what was: one row an execution that had a callback_url, made by the statement that
-- ended it. A row that a worker sends is invisible to others until due_at, and then anybody's.
create table webhooks (
  id           uuid        primary key default gen_random_uuid(),
  execution_id uuid        not null unique,
  owner        text        not null check (owner <> ''),
  url          text        not null check (length(url) between 1 and 2000),
  -- Scheme, host and port: what is left alone when it fails.
  origin       text        not null generated always as (substring(url from '^[^/]*//[^/?]*')) stored,
  state        text        not null default 'PENDING' check (state in ('PENDING', 'DELIVERED', 'FAILED')),
  -- Of this round; a redelivery begins another.
  attempt      smallint    not null default 0 check (attempt between 0 and 8),
  worker       uuid,
  due_at       timestamptz not null default clock_timestamp(),
  created_at   timestamptz not null default clock_timestamp(),
  finished_at  timestamptz,
  constraint what_is_over_has_an_end check ((state = 'PENDING') = (finished_at is null)),
  constraint only_what_is_pending_is_sent check (worker is null or state = 'PENDING')
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index webhooks_due on webhooks (due_at) where state = 'PENDING';
create index webhooks_finished on webhooks (finished_at) where finished_at is not null;

-- What came of each attempt. Nothing of what the receiver wrote but its status.
create table webhook_attempts (
  id          bigint      generated always as identity primary key,
  webhook_id  uuid        not null references webhooks on delete cascade,
  attempt     smallint    not null,
  at          timestamptz not null default clock_timestamp(),
  duration_ms bigint      check (duration_ms >= 0),
  status      smallint    check (status between 100 and 999),
  error       text        not null default ''
);
create index webhook_attempts_webhook on webhook_attempts (webhook_id, id);

-- What an owner's webhooks are signed with: made when it is first needed, shown to its owner. The one before is
-- good for another day after a change.
create table webhook_secrets (
  owner      text        primary key check (owner <> ''),
  secret     text        not null check (secret like 'whsec\_%'),
  previous   text,
  changed_at timestamptz not null default clock_timestamp()
);

do $$
begin
  if to_regrole('runyard_app') is not null then
    grant select, insert, update, delete on webhooks to runyard_app;
    grant select, delete on webhook_attempts to runyard_app;
    grant select, insert, update on webhook_secrets to runyard_app;
  end if;
  if to_regrole('runyard_worker') is not null then
    grant select on execution to runyard_worker;  -- what is sent
    grant select, insert, update, delete on webhooks to runyard_worker;
    grant select, insert on webhook_attempts to runyard_worker;
    grant select, insert on webhook_secrets to runyard_worker;
  end if;
end $$;
