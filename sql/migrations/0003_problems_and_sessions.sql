-- Problems with their tests, code sessions, and what an execution has to do with them.

create table problems (
  id              uuid        primary key,
  owner           text        not null check (owner <> ''),
  title           text        not null check (title <> ''),
  description     text        not null default '',
  -- language id -> source text
  code_template   json        not null default '{}',
  time_limit_ms   bigint      not null check (time_limit_ms > 0),
  memory_limit_kb bigint      check (memory_limit_kb > 0),
  checker         json,
  created_at      timestamptz not null default clock_timestamp(),
  updated_at      timestamptz not null default clock_timestamp()
);
create index problems_owner on problems (owner, id);

create table problem_tests (
  problem_id      uuid             not null references problems on delete cascade,
  position        integer          not null check (position >= 0),
  name            text             not null,
  stdin           bytea            not null default '',
  expected_output bytea,
  args            text[]           not null default '{}',
  weight          double precision not null default 1 check (weight > 0),
  -- Shown to the problem's author only.
  hidden          boolean          not null default false,
  primary key (problem_id, position)
);

create table code_sessions (
  id         uuid        primary key,
  owner      text        not null check (owner <> ''),
  user_id    bigint      references users,
  problem_id uuid        references problems on delete set null,
  language   text        not null check (language <> ''),
  code       text        not null default '',
  status     text        not null default 'ACTIVE' check (status in ('ACTIVE', 'CLOSED')),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
create index code_sessions_owner on code_sessions (owner, id);

-- Which interface it came through, what it belongs to, and whether its owner's lists show it.
alter table executions
  add column origin     text    not null default 'native'
    check (origin in ('native', 'session', 'spec', 'learning', 'submit', 'execute')),
  add column session_id uuid,
  add column problem_id uuid,
  add column listed     boolean not null default true;
create index executions_session on executions (session_id, id) where session_id is not null;

-- Runs of bytes in their order of arrival: above 0 of stdout, below 0 of stderr. Null when at most one of
-- the two has any.
alter table results add column output_order integer[];

create or replace view execution as
  select e.id, e.owner, e.language, e.version, e.project_id, e.isolation, e.created_at,
         coalesce(r.status, case when q.worker is null then 'QUEUED' else 'RUNNING' end) as status,
         r.reason, r.message, r.stdout, r.stderr, r.stdout_truncated, r.stderr_truncated,
         r.exit_code, r.signal, r.wall_ms, r.cpu_ms, r.memory_kb, r.compile, r.tests, r.score,
         r.artifacts, r.sandbox_reused, r.runtime,
         coalesce(r.attempt, q.attempt, 0) as attempt,
         coalesce(r.queue_ms, (extract(epoch from q.claimed_at - q.queued_at) * 1000)::bigint) as queue_ms,
         coalesce(r.started_at, q.claimed_at) as started_at, r.finished_at,
         e.origin, e.session_id, e.problem_id, e.listed, r.output_order
  from executions e
  left join results r on r.execution_id = e.id
  left join queue q on q.id = e.id;

do $$
begin
  if to_regrole('runyard_app') is not null then
    grant select, insert, update, delete on problems, problem_tests, code_sessions to runyard_app;
  end if;
end $$;
