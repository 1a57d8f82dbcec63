-- Problems with their tests, code sessions, and what an execution has to do with them.

create table problems (
  id              uuid        primary key,
  owner           text        not null check (owner <> ''),
  title           text        not null check (title <> ''),
  description     text        not null default '',
  -- language, as its author named it -> source text
  code_template   json        not null default '{}',
  time_limit_ms   bigint      not null check (time_limit_ms > 0),
  -- In seconds, as the API and older readers of this table have it.
  time_limit      double precision generated always as (time_limit_ms / 1000.0) stored,
  memory_limit_kb bigint      check (memory_limit_kb > 0),
  checker         json,
  -- In one piece, since they are only ever read and replaced together; core/submission.hpp has the form.
  tests           json        not null default '[]',
  test_count      integer     not null default 0 check (test_count >= 0),
  -- Of these, shown to the author only.
  hidden_count    integer     not null default 0 check (hidden_count between 0 and test_count),
  -- Of two changes made from the same state the second finds another number.
  revision        integer     not null default 1,
  created_at      timestamptz not null default clock_timestamp(),
  updated_at      timestamptz not null default clock_timestamp()
);
create index problems_owner on problems (owner, id);

create table code_sessions (
  id         uuid        primary key,
  owner      text        not null check (owner <> ''),
  user_id    bigint      references users,
  problem_id uuid        references problems on delete set null,
  -- As the client named it.
  language   text        not null check (language <> ''),
  code       text        not null default '',
  status     text        not null default 'ACTIVE' check (status in ('ACTIVE', 'CLOSED')),
  -- The last run: no other begins while it is not over.
  execution_id  uuid,
  -- When it was let in; null again as soon as it is in the queue.
  begun_at      timestamptz,
  -- When the last runs began, the latest last; as many as a minute allows.
  recent_runs   timestamptz[] not null default '{}',
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp(),
  constraint what_began_is_a_run check (begun_at is null or execution_id is not null)
);
create index code_sessions_owner on code_sessions (owner, id);
create index code_sessions_problem on code_sessions (problem_id) where problem_id is not null;

-- What the document of the code sessions has in its database.
insert into users (id, username, email, full_name) values (1, 'test', 'test@example.com', 'Test User');
select setval(pg_get_serial_sequence('users', 'id'), 1);
insert into problems (id, owner, title, code_template, time_limit_ms)
values ('11111111-1111-1111-1111-111111111111', 'seed', 'Test Problem', '{"python":"print(\"Start\")"}', 2000);

-- Which interface it came through, what it belongs to, and whether its owner's lists show it.
alter table executions
  add column origin     text    not null default 'native'
    check (origin in ('native', 'session', 'spec', 'learning', 'submit', 'execute')),
  add column session_id uuid,
  add column problem_id uuid,
  add column listed     boolean not null default true;
create index executions_session on executions (session_id, id) where session_id is not null;
-- What nobody's history shows is removed soon.
create index executions_unlisted on executions (id) where not listed;

-- Runs of bytes in their order of arrival: above 0 of stdout, below 0 of stderr. Null when at most one of
-- the two has any.
alter table results add column output_order integer[];

-- 'local': a developer's machine without containers; readiness warns of it.
alter table workers add column sandbox text not null default 'docker' check (sandbox in ('docker', 'local'));

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

-- Output as text: each byte that is not part of well-formed UTF-8 (or is a NUL, which a text cannot hold) as
-- U+FFFD. Two hexadecimal digits a byte: runs of good characters, each followed by one bad byte; the last bad
-- one is put there and taken away again.
create function utf8_text(bytes bytea) returns text
language plpgsql immutable strict as $$
begin
  return convert_from(bytes, 'UTF8');
exception when character_not_in_repertoire or untranslatable_character then
  return convert_from(decode(left(regexp_replace(encode(bytes, 'hex') || 'ff',
    '((?:[1-7].|0[1-9a-f]'
    '|(?:c[2-9a-f]|d.)[89ab].'
    '|e0[ab].[89ab].|(?:e[1-9a-c]|e[ef])(?:[89ab].){2}|ed[89].[89ab].'
    '|f0[9ab].(?:[89ab].){2}|f[1-3](?:[89ab].){3}|f48.(?:[89ab].){2})*)(..)',
    '\1efbfbd', 'g'), -6), 'hex'), 'UTF8');
end $$;

-- A member of a stored request that is a text, or {"base64": ...} where it is none.
create function stored_text(value json) returns text
language sql immutable strict as $$
  select case json_typeof(value)
           when 'string' then value #>> '{}'
           when 'object' then utf8_text(decode(value ->> 'base64', 'base64'))
         end
$$;

-- The text of the file that a stored request starts with.
create function entry_code(request json) returns text
language sql immutable strict as $$
  select stored_text(file -> 'content')
  from json_array_elements(request -> 'files') as file
  where file ->> 'name' = request ->> 'entry'
  limit 1
$$;

-- Executions as the documents of two older interfaces have them in their databases. Times are milliseconds.
create view code_executions as
  select e.id, e.session_id as code_session_id,
         coalesce(s.user_id, case when e.owner ~ '^account:[0-9]{1,18}$'
                                  then substr(e.owner, length('account:') + 1)::bigint end) as user_id,
         e.problem_id, nullif(e.project_id, '') as project_id, e.language, entry_code(e.request) as code,
         stored_text(e.request -> 'stdin') as stdin,
         coalesce(r.status, case when q.worker is null then 'QUEUED' else 'RUNNING' end) as status,
         utf8_text(r.stdout) as stdout, utf8_text(r.stderr) as stderr,
         utf8_text(r.stdout) as output, utf8_text(r.stderr) as error,
         r.wall_ms as execution_time, r.exit_code,
         coalesce(r.started_at, q.claimed_at) as started_at, r.finished_at, e.created_at
  from executions e
  left join results r on r.execution_id = e.id
  left join queue q on q.id = e.id
  left join code_sessions s on s.id = e.session_id
  where e.listed;

do $$
begin
  if to_regrole('runyard_app') is not null then
    grant select, insert, update, delete on problems, code_sessions to runyard_app;
    grant select on code_executions to runyard_app;
  end if;
  if to_regrole('runyard_worker') is not null then
    -- For what nobody's history shows.
    grant delete on executions, results to runyard_worker;
  end if;
  if to_regrole('runyard_reporting') is not null then
    grant select on problems, code_sessions, code_executions to runyard_reporting;
    grant select (id, username, email, full_name, created_at) on users to runyard_reporting;
  end if;
end $$;
