-- What analysts may see: views of their own, without code, input, outputs, tests and secrets, and fast for a range of
-- time. sql/reporting/README.md has examples.
--
-- An execution's id begins with its time, and the primary keys of executions and results are these ids. A condition
-- on created_at could not use them. So each view goes through reporting.hours: a condition on its hour or day is met
-- before anything is read, and each hour that is left is a range of both keys, in the one partition that has it.

-- Kept when everything else was dropped: a schema is nobody's but its owner's.
create schema if not exists reporting;
comment on schema reporting is
  'Views for reports. Times are UTC; an hour or day is that of the submission. Give a range of hour or day.';

create view reporting.hours as
  select hour, (hour at time zone 'UTC')::date as day,
         -- As uuid7_floor has it, but part of the query: a call for each hour would cost more than all the rest.
         (lpad(to_hex((extract(epoch from hour) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid as first_id,
         (lpad(to_hex((extract(epoch from hour) * 1000)::bigint + 3600000), 12, '0') || repeat('0', 20))::uuid as end_id
  from generate_series(
         (select to_timestamp(('x' || left(translate(id::text, '-', ''), 12))::bit(48)::bigint / 3600000 * 3600)
          from executions order by id limit 1),
         statement_timestamp(), interval '1 hour') as hour;
comment on view reporting.hours is
  'The hours of which executions are kept, with the ids that belong to each: first_id <= id < end_id.';

-- offset 0: planned by itself with the hour's ids given, which is a merge of two ranges of primary keys. Seen as one
-- with the outside, hours of unknown number would seem enough to read the results as a whole.
create view reporting.executions as
  select h.hour, h.day, x.*
  from reporting.hours h
  cross join lateral (
    select e.id, e.created_at, e.owner, split_part(e.owner, ':', 1) as owner_kind, e.language, e.version,
           e.project_id, e.origin, e.session_id, e.problem_id, e.listed, e.isolation,
           coalesce(r.status, case when q.worker is null then 'QUEUED' else 'RUNNING' end) as status,
           r.reason, r.exit_code, r.signal, r.wall_ms, r.cpu_ms, r.memory_kb,
           case when r.compile ->> 'cached' = 'false' then (r.compile ->> 'wall_ms')::bigint end as compile_ms,
           octet_length(r.stdout) as stdout_bytes, octet_length(r.stderr) as stderr_bytes,
           r.stdout_truncated, r.stderr_truncated,
           json_array_length(r.tests) as tests,
           case when r.tests is not null then
             (select count(*) from json_array_elements(r.tests) as test
              where test ->> 'status' = 'COMPLETED' and test ->> 'skipped' = 'false') end as tests_passed,
           r.score, coalesce(r.attempt, q.attempt, 0) as attempt, r.worker, r.runtime, r.sandbox_reused,
           coalesce(r.queue_ms, (extract(epoch from q.claimed_at - q.queued_at) * 1000)::bigint) as queue_ms,
           coalesce(r.started_at, q.claimed_at) as started_at, r.finished_at,
           (extract(epoch from r.finished_at - r.started_at) * 1000)::bigint as worker_ms,
           (extract(epoch from r.finished_at - e.created_at) * 1000)::bigint as total_ms
    from executions e
    left join results r on r.execution_id = e.id and r.execution_id >= h.first_id and r.execution_id < h.end_id
    left join queue q on q.id = e.id and q.id >= h.first_id and q.id < h.end_id
    where e.id >= h.first_id and e.id < h.end_id
    offset 0) as x;
comment on view reporting.executions is
  'Executions that are kept, finished or not, without code, input and outputs. Without a range of hour or day all are read.';

create view reporting.executions_by_hour as
  select hour, day, language, status, count(*) as executions, avg(wall_ms)::double precision as wall_ms_avg,
         sum(cpu_ms) / 1000.0 as cpu_s, max(memory_kb) as memory_kb_max
  from reporting.executions
  group by hour, day, language, status;
comment on view reporting.executions_by_hour is 'How many executions, per hour, language and status.';

create view reporting.executions_by_day as
  select day, language, version, status, count(*) as executions, avg(wall_ms)::double precision as wall_ms_avg,
         sum(cpu_ms) / 1000.0 as cpu_s, max(memory_kb) as memory_kb_max
  from reporting.executions
  group by day, language, version, status;
comment on view reporting.executions_by_day is 'How many executions, per day, language with its version, and status.';

create view reporting.owners_by_day as
  select day, owner, count(*) as executions,
         count(*) filter (where status = 'COMPLETED') as completed,
         count(*) filter (where status = 'FAILED') as failed,
         count(*) filter (where status = 'TIMEOUT') as timed_out,
         count(*) filter (where status = 'CANCELLED') as cancelled,
         count(*) filter (where status in ('QUEUED', 'RUNNING')) as unfinished,
         sum(cpu_ms) / 1000.0 as cpu_s, sum(worker_ms) / 1000.0 as worker_s, max(created_at) as last_at
  from reporting.executions
  group by day, owner;
comment on view reporting.owners_by_day is 'What each owner had executed, per day.';

create view reporting.latency_by_hour as
  select hour, day, language, executions,
         wall[1] as wall_ms_p50, wall[2] as wall_ms_p90, wall[3] as wall_ms_p99, wall[4] as wall_ms_max,
         total[1] as total_ms_p50, total[2] as total_ms_p90, total[3] as total_ms_p99, total[4] as total_ms_max
  from (select hour, day, language, count(*) as executions,
               percentile_disc(array[0.5, 0.9, 0.99, 1]) within group (order by wall_ms) as wall,
               percentile_disc(array[0.5, 0.9, 0.99, 1]) within group (order by total_ms) as total
        from reporting.executions
        where wall_ms is not null
        group by hour, day, language) as spread;
comment on view reporting.latency_by_hour is
  'How long finished executions took, per hour and language: percentiles of the program''s time and of the whole.';

create view reporting.latency_by_day as
  select day, language, executions,
         wall[1] as wall_ms_p50, wall[2] as wall_ms_p90, wall[3] as wall_ms_p99, wall[4] as wall_ms_max,
         total[1] as total_ms_p50, total[2] as total_ms_p90, total[3] as total_ms_p99, total[4] as total_ms_max
  from (select day, language, count(*) as executions,
               percentile_disc(array[0.5, 0.9, 0.99, 1]) within group (order by wall_ms) as wall,
               percentile_disc(array[0.5, 0.9, 0.99, 1]) within group (order by total_ms) as total
        from reporting.executions
        where wall_ms is not null
        group by day, language) as spread;
comment on view reporting.latency_by_day is
  'How long finished executions took, per day and language: percentiles do not add up, so the days have their own.';

create view reporting.queue_waits_by_hour as
  select hour, day, executions, waits[1] as queue_ms_p50, waits[2] as queue_ms_p90, waits[3] as queue_ms_p99,
         waits[4] as queue_ms_max, over_1s
  from (select hour, day, count(*) as executions,
               percentile_disc(array[0.5, 0.9, 0.99, 1]) within group (order by queue_ms) as waits,
               count(*) filter (where queue_ms > 1000) as over_1s
        from reporting.executions
        where started_at is not null
        group by hour, day) as spread;
comment on view reporting.queue_waits_by_hour is
  'How long executions that were begun had waited for a worker, per hour.';

create view reporting.queue as
  select language as image, priority, count(*) filter (where worker is null) as queued,
         count(*) filter (where worker is not null) as running,
         (extract(epoch from statement_timestamp() - min(queued_at) filter (where worker is null)) * 1000)::bigint
           as oldest_wait_ms
  from queue
  group by language, priority;
comment on view reporting.queue is 'What is to do at this moment, per image and priority.';

create view reporting.failures_by_hour as
  select hour, day, language, status, reason, executions, share
  from (select hour, day, language, status, reason, count(*) as executions,
               count(*) / sum(count(*)) over (partition by hour, day, language)::double precision as share
        from reporting.executions
        group by hour, day, language, status, reason) as counted
  where reason is not null;
comment on view reporting.failures_by_hour is
  'Executions that did not complete, per hour, language and reason. SANDBOX_FAILURE and WORKER_LOST are the service''s fault.';

create view reporting.problems as
  select id, owner, title, time_limit_ms, memory_limit_kb, test_count, hidden_count, revision, created_at, updated_at
  from problems;
comment on view reporting.problems is 'Problems, without their texts, templates and tests.';

create view reporting.problem_statistics_by_day as
  select s.day, s.problem_id, p.title, s.executions, s.owners, s.completed, s.owners_completed, s.wrong_answers,
         s.compile_errors, s.timeouts, s.score_avg, s.wall_ms_p50
  from (select day, problem_id, count(*) as executions, count(distinct owner) as owners,
               count(*) filter (where status = 'COMPLETED') as completed,
               count(distinct owner) filter (where status = 'COMPLETED') as owners_completed,
               count(*) filter (where reason = 'WRONG_ANSWER') as wrong_answers,
               count(*) filter (where reason = 'COMPILE_ERROR') as compile_errors,
               count(*) filter (where status = 'TIMEOUT') as timeouts,
               avg(score) as score_avg,
               percentile_disc(0.5) within group (order by wall_ms) as wall_ms_p50
        from reporting.executions
        where problem_id is not null
        group by day, problem_id) as s
  left join problems p on p.id = s.problem_id;
comment on view reporting.problem_statistics_by_day is 'Answers to problems, per day.';

create view reporting.workers as
  select id, host, slots, running, warm, cardinality(images) as images, sandbox, started_at, seen_at,
         seen_at > statement_timestamp() - interval '15 s' as alive
  from workers;
comment on view reporting.workers is 'Workers of late, as their heartbeats have them. A worker has a new id at each start.';

create view reporting.worker_use_by_hour as
  select u.hour, u.day, u.worker, w.host, w.slots, u.executions, u.busy_s, u.busy_s / 3600 / w.slots as busy_share,
         u.repeated, u.sandbox_failures
  from (select hour, day, worker, count(*) as executions, sum(worker_ms) / 1000.0 as busy_s,
               count(*) filter (where attempt > 1) as repeated,
               count(*) filter (where reason = 'SANDBOX_FAILURE') as sandbox_failures
        from reporting.executions
        where worker is not null
        group by hour, day, worker) as u
  left join workers w on w.id = u.worker;
comment on view reporting.worker_use_by_hour is 'What each worker did, per hour in which it was submitted.';

create view reporting.sandbox_reuse_by_hour as
  select hour, day, language, isolation, count(*) as executions, count(*) filter (where sandbox_reused) as reused,
         count(*) filter (where sandbox_reused) / count(*)::double precision as reuse_share,
         -- The programs of tests run one after the other, and wall_ms is that of the longest.
         percentile_disc(0.5) within group (order by worker_ms - wall_ms - coalesce(compile_ms, 0))
           filter (where sandbox_reused and tests is null) as overhead_ms_p50_reused,
         percentile_disc(0.5) within group (order by worker_ms - wall_ms - coalesce(compile_ms, 0))
           filter (where not sandbox_reused and tests is null) as overhead_ms_p50_fresh
  from reporting.executions
  where worker is not null and wall_ms is not null
  group by hour, day, language, isolation;
comment on view reporting.sandbox_reuse_by_hour is
  'How many runs found a sandbox that had run for the same tenant before, and what a sandbox cost, per hour.';

create view reporting.users as
  select id, 'account:' || id as owner, username, email, full_name, created_at
  from users;
comment on view reporting.users is 'Registered users, without what they sign in with.';

create view reporting.code_sessions as
  select id, owner, user_id, problem_id, language, status, execution_id, created_at, updated_at
  from code_sessions;
comment on view reporting.code_sessions is 'Code sessions, without their code.';

create view reporting.code_executions as
  select e.hour, e.day, e.id, e.session_id as code_session_id,
         coalesce(s.user_id, case when e.owner ~ '^account:[0-9]{1,18}$'
                                  then substr(e.owner, length('account:') + 1)::bigint end) as user_id,
         e.problem_id, nullif(e.project_id, '') as project_id, e.language, e.status, e.wall_ms as execution_time,
         e.exit_code, e.started_at, e.finished_at, e.created_at
  from reporting.executions e
  left join code_sessions s on s.id = e.session_id
  where e.listed;
comment on view reporting.code_executions is
  'Executions by the names that older reports know (table code_executions), without code, input and outputs.';

create view reporting.submissions as
  select h.hour, h.day, x.*
  from reporting.hours h
  cross join lateral (
    select e.id, coalesce(nullif(e.request ->> 'asked_language', ''), e.language) as language,
           case
             when r.status is null then case when q.worker is null then 'PENDING' else 'PROCESSING' end
             when r.status = 'COMPLETED' then 'SUCCESS'
             when r.status = 'TIMEOUT' then 'TIMEOUT'
             when r.reason = 'WRONG_ANSWER' then 'FAILURE'
             else 'ERROR'
           end as status,
           coalesce(r.wall_ms, 0) as exec_time_ms, coalesce(e.problem_id::text, '') as question_id,
           (select count(*) from json_array_elements(r.tests) as test
            where test ->> 'status' = 'COMPLETED' and test ->> 'skipped' = 'false') as passed_count,
           coalesce(json_array_length(r.tests), json_array_length(e.request -> 'tests'), 0) as total_count,
           coalesce(r.memory_kb, 0) as memory_used, e.created_at
    from executions e
    left join results r on r.execution_id = e.id and r.execution_id >= h.first_id and r.execution_id < h.end_id
    left join queue q on q.id = e.id and q.id >= h.first_id and q.id < h.end_id
    where e.id >= h.first_id and e.id < h.end_id and e.origin = 'spec' and e.listed
    offset 0) as x;
comment on view reporting.submissions is
  'What came through the spec engine''s interface, by the names of its table, without code and outputs.';

-- The same word means the same in every view; what differs follows below.
do $$
declare
  shared constant json := '{
    "hour": "The hour of the submission, its beginning.",
    "day": "The day of the submission in UTC.",
    "owner": "Who submitted: account:<id of users>, user:<name given by the web server> or addr:<network>.",
    "language": "The language as the service names it.",
    "version": "The version of the language.",
    "status": "QUEUED, RUNNING, COMPLETED, FAILED, TIMEOUT or CANCELLED.",
    "reason": "Why it did not complete; null for COMPLETED and for what is not finished.",
    "executions": "How many executions.",
    "wall_ms_avg": "Mean of the run''s time by the clock, in milliseconds; null where none ran.",
    "cpu_s": "CPU time of all runs together, in seconds; without compilers.",
    "memory_kb_max": "The most memory that a run used, in KiB.",
    "wall_ms_p50": "Half of the runs took at most so long by the clock, in milliseconds.",
    "wall_ms_p90": "Nine of ten runs took at most so long, in milliseconds.",
    "wall_ms_p99": "All but one of a hundred runs took at most so long, in milliseconds.",
    "wall_ms_max": "The longest run, in milliseconds.",
    "total_ms_p50": "From the submission to the result, in milliseconds: the median.",
    "total_ms_p90": "From the submission to the result, in milliseconds: the 90th percentile.",
    "total_ms_p99": "From the submission to the result, in milliseconds: the 99th percentile.",
    "total_ms_max": "From the submission to the result, in milliseconds: the longest.",
    "problem_id": "The problem that is answered; null for none.",
    "isolation": "reuse or fresh: whether a sandbox of the same tenant may be used again.",
    "worker": "The worker process that ran it.",
    "host": "The machine of the worker; null for one that is gone.",
    "created_at": "When it was made, by the database''s clock.",
    "started_at": "When a worker took it, or the worker began; null before that.",
    "finished_at": "When its result was there; null before that.",
    "updated_at": "When it was last changed.",
    "exit_code": "The exit code of the program; null when it was killed or did not run."
  }';
  col record;
begin
  for col in
    select c.oid::regclass as view, a.attname as name, shared ->> a.attname as text
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relnamespace = 'reporting'::regnamespace and c.relkind = 'v' and shared ->> a.attname is not null
  loop
    execute format('comment on column %s.%I is %L', col.view, col.name, col.text);
  end loop;
end $$;

comment on column reporting.hours.hour is 'The beginning of the hour.';
comment on column reporting.hours.day is 'The day of the hour in UTC.';
comment on column reporting.hours.first_id is 'The least id that an execution of this hour can have.';
comment on column reporting.hours.end_id is 'The least id of the next hour.';

comment on column reporting.executions.id is 'The execution''s id, a UUIDv7: it grows with time.';
comment on column reporting.executions.owner_kind is 'account, user or addr: the part of owner before the colon.';
comment on column reporting.executions.project_id is 'The project that the client named; empty for none.';
comment on column reporting.executions.origin is 'The interface it came through: native, session, spec, learning, submit or execute.';
comment on column reporting.executions.session_id is 'The code session it belongs to; null for none.';
comment on column reporting.executions.listed is 'False: in no history, and gone an hour after its end.';
comment on column reporting.executions.signal is 'The signal that ended the program; null for none.';
comment on column reporting.executions.wall_ms is 'Time of the run by the clock, in milliseconds; with tests that of the longest. Null when it did not run.';
comment on column reporting.executions.cpu_ms is 'CPU time of the run, in milliseconds; null when it did not run.';
comment on column reporting.executions.memory_kb is 'The most memory that the run used, in KiB.';
comment on column reporting.executions.compile_ms is 'Time of the compiler in milliseconds; null where nothing was compiled or an earlier outcome served.';
comment on column reporting.executions.stdout_bytes is 'Length of what is kept of the standard output.';
comment on column reporting.executions.stderr_bytes is 'Length of what is kept of the standard error output.';
comment on column reporting.executions.stdout_truncated is 'Whether there was more standard output than is kept.';
comment on column reporting.executions.stderr_truncated is 'Whether there was more standard error output than is kept.';
comment on column reporting.executions.tests is 'How many tests there were; null for a plain run and for what is not finished.';
comment on column reporting.executions.tests_passed is 'How many of them passed; null where tests is.';
comment on column reporting.executions.score is 'Share of the weights of the tests that passed, 0 to 1; null without tests.';
comment on column reporting.executions.attempt is 'How often a worker took it.';
comment on column reporting.executions.runtime is 'The engine''s runtime that the sandbox had.';
comment on column reporting.executions.sandbox_reused is 'Whether the sandbox had run for the same tenant before.';
comment on column reporting.executions.queue_ms is 'How long it waited for a worker, in milliseconds; null while it waits.';
comment on column reporting.executions.worker_ms is 'How long the worker had it, in milliseconds.';
comment on column reporting.executions.total_ms is 'From the submission to the result, in milliseconds.';

comment on column reporting.owners_by_day.completed is 'Of these, those that ended well.';
comment on column reporting.owners_by_day.failed is 'Of these, those that failed, for whatever reason.';
comment on column reporting.owners_by_day.timed_out is 'Of these, those that were stopped for taking too long.';
comment on column reporting.owners_by_day.cancelled is 'Of these, those that were cancelled.';
comment on column reporting.owners_by_day.unfinished is 'Of these, those that wait or run at this moment.';
comment on column reporting.owners_by_day.worker_s is 'How long workers had them, in seconds: what they cost.';
comment on column reporting.owners_by_day.last_at is 'When the last of them was submitted.';

comment on column reporting.latency_by_hour.executions is 'How many ran to an end.';
comment on column reporting.latency_by_day.executions is 'How many ran to an end.';

comment on column reporting.queue_waits_by_hour.executions is 'How many a worker took.';
comment on column reporting.queue_waits_by_hour.queue_ms_p50 is 'Half of them waited at most so long, in milliseconds.';
comment on column reporting.queue_waits_by_hour.queue_ms_p90 is 'Nine of ten waited at most so long, in milliseconds.';
comment on column reporting.queue_waits_by_hour.queue_ms_p99 is 'All but one of a hundred waited at most so long, in milliseconds.';
comment on column reporting.queue_waits_by_hour.queue_ms_max is 'The longest wait, in milliseconds.';
comment on column reporting.queue_waits_by_hour.over_1s is 'How many waited for more than a second.';

comment on column reporting.queue.image is 'The image that a worker must have; several languages may share one.';
comment on column reporting.queue.priority is 'high, normal or low.';
comment on column reporting.queue.queued is 'How many wait for a worker.';
comment on column reporting.queue.running is 'How many a worker has.';
comment on column reporting.queue.oldest_wait_ms is 'How long the oldest of those that wait has done so, in milliseconds; null for none.';

comment on column reporting.failures_by_hour.status is 'FAILED, TIMEOUT or CANCELLED.';
comment on column reporting.failures_by_hour.reason is 'Why, as the API names it.';
comment on column reporting.failures_by_hour.share is 'Their share of all executions of the hour and language, 0 to 1.';

comment on column reporting.problems.id is 'The problem''s id.';
comment on column reporting.problems.owner is 'Its author.';
comment on column reporting.problems.title is 'Its title.';
comment on column reporting.problems.time_limit_ms is 'The time limit of each test, in milliseconds.';
comment on column reporting.problems.memory_limit_kb is 'The memory limit in KiB; null for the language''s own.';
comment on column reporting.problems.test_count is 'How many tests it has.';
comment on column reporting.problems.hidden_count is 'How many of them only the author sees.';
comment on column reporting.problems.revision is 'How often it was written, from 1.';

comment on column reporting.problem_statistics_by_day.title is 'The problem''s title; null when the problem is gone.';
comment on column reporting.problem_statistics_by_day.executions is 'How many answers.';
comment on column reporting.problem_statistics_by_day.owners is 'From how many owners.';
comment on column reporting.problem_statistics_by_day.completed is 'How many answers passed all tests.';
comment on column reporting.problem_statistics_by_day.owners_completed is 'From how many owners those came.';
comment on column reporting.problem_statistics_by_day.wrong_answers is 'How many ran and gave another output than expected.';
comment on column reporting.problem_statistics_by_day.compile_errors is 'How many did not compile.';
comment on column reporting.problem_statistics_by_day.timeouts is 'How many took too long.';
comment on column reporting.problem_statistics_by_day.score_avg is 'Mean of the scores, 0 to 1.';

comment on column reporting.workers.id is 'The worker process.';
comment on column reporting.workers.host is 'Its machine.';
comment on column reporting.workers.slots is 'How many executions it runs at once.';
comment on column reporting.workers.running is 'How many it runs.';
comment on column reporting.workers.warm is 'How many sandboxes stand ready.';
comment on column reporting.workers.images is 'How many images it has.';
comment on column reporting.workers.sandbox is 'docker, or local on a developer''s machine.';
comment on column reporting.workers.started_at is 'When it began.';
comment on column reporting.workers.seen_at is 'When its last heartbeat came.';
comment on column reporting.workers.alive is 'Whether a heartbeat came within the last 15 seconds.';

comment on column reporting.worker_use_by_hour.slots is 'How many executions it runs at once; null for one that is gone.';
comment on column reporting.worker_use_by_hour.executions is 'How many it ended.';
comment on column reporting.worker_use_by_hour.busy_s is 'How long it had them, in seconds; several at once count several times.';
comment on column reporting.worker_use_by_hour.busy_share is 'Of the time of all its slots, 0 to 1; null for one that is gone.';
comment on column reporting.worker_use_by_hour.repeated is 'How many another attempt had been lost of.';
comment on column reporting.worker_use_by_hour.sandbox_failures is 'How many it could not run, by its own fault.';

comment on column reporting.sandbox_reuse_by_hour.executions is 'How many ran.';
comment on column reporting.sandbox_reuse_by_hour.reused is 'How many of them in a sandbox that had run for the same tenant before.';
comment on column reporting.sandbox_reuse_by_hour.reuse_share is 'Their share, 0 to 1.';
comment on column reporting.sandbox_reuse_by_hour.overhead_ms_p50_reused is
  'Time at the worker beside program and compiler, in milliseconds: the median of plain runs in such a sandbox.';
comment on column reporting.sandbox_reuse_by_hour.overhead_ms_p50_fresh is
  'The same for plain runs in a sandbox that nobody had run in.';

comment on column reporting.users.id is 'The user''s number.';
comment on column reporting.users.owner is 'What executions of this user have as owner.';
comment on column reporting.users.username is 'The name the user signs in by.';
comment on column reporting.users.email is 'The user''s e-mail address.';
comment on column reporting.users.full_name is 'The user''s name; empty when it was not given.';

comment on column reporting.code_sessions.id is 'The session''s id.';
comment on column reporting.code_sessions.user_id is 'The user that the client named; null for none.';
comment on column reporting.code_sessions.language is 'The language as the client named it.';
comment on column reporting.code_sessions.status is 'ACTIVE or CLOSED.';
comment on column reporting.code_sessions.execution_id is 'Its last run; null before the first.';

comment on column reporting.code_executions.id is 'The execution''s id.';
comment on column reporting.code_executions.code_session_id is 'The code session it belongs to; null for none.';
comment on column reporting.code_executions.user_id is 'The user whose it is; null for owners that are no account.';
comment on column reporting.code_executions.project_id is 'The project that the client named; null for none.';
comment on column reporting.code_executions.execution_time is 'Time of the run by the clock, in milliseconds.';

comment on column reporting.submissions.id is 'The execution''s id.';
comment on column reporting.submissions.language is 'The language as the client named it.';
comment on column reporting.submissions.status is 'PENDING, PROCESSING, SUCCESS, FAILURE, TIMEOUT or ERROR.';
comment on column reporting.submissions.exec_time_ms is 'Time of the run by the clock, in milliseconds; 0 when it did not run.';
comment on column reporting.submissions.question_id is 'The problem that is answered; empty for none.';
comment on column reporting.submissions.passed_count is 'How many tests passed.';
comment on column reporting.submissions.total_count is 'How many tests there are.';
comment on column reporting.submissions.memory_used is 'The most memory that the run used, in KiB; 0 when it did not run.';

do $$
begin
  if to_regrole('runyard_reporting') is null then return; end if;
  revoke all on all tables in schema public from runyard_reporting;
  grant usage on schema reporting to runyard_reporting;
  grant select on all tables in schema reporting to runyard_reporting;
  -- Defaults of its sessions; the rights above are what holds. Only a superuser may set them, so ./runyard up, whose
  -- migrations run as the schema's owner, does it too.
  begin
    execute format('alter role runyard_reporting in database %I set statement_timeout = %L', current_database(), '30s');
    execute format('alter role runyard_reporting in database %I set default_transaction_read_only = on', current_database());
  exception when insufficient_privilege then
    null;
  end;
end $$;
