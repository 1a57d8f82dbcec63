-- Fills a database with executions that never ran, to try reports on: a realistic mix of languages, owners,
-- verdicts, times and problems, spread over the last days with a busy and a quiet half of each. For scratch
-- databases: there is no way to tell these rows from others afterwards.
--   psql -X -d ... -f sql/reporting/generate.sql                                        a million over 30 days
--   PGOPTIONS='-c generate.executions=20000 -c generate.days=3' psql -X -d ... -f ...    fewer

begin;
set local synchronous_commit = off;
set local work_mem = '256MB';
do 'begin perform setseed(0.5); end';

create temp table size on commit drop as
  select coalesce(nullif(current_setting('generate.executions', true), ''), '1000000')::int as executions,
         coalesce(nullif(current_setting('generate.days', true), ''), '30')::double precision as days;

do 'begin perform ensure_partitions(now() - days * interval ''1 day'', ceil(days / 28)::int + 2) from size; end';

-- Weights in percent, as running totals, and the usual milliseconds of a run.
create temp table languages on commit drop as
  select *, coalesce(lag(upto) over (order by upto), 0) as since
  from (values ('python', '3.13', 0.42, 28, false), ('cpp', '23', 0.62, 6, true), ('java', '21', 0.74, 120, true),
         ('javascript', '22', 0.84, 45, false), ('c', '23', 0.89, 4, true), ('rust', '1.85', 0.92, 5, true),
         ('go', '1.24', 0.95, 7, true), ('csharp', '13', 0.97, 70, true), ('kotlin', '2.1', 0.985, 140, true),
         ('haskell', '9.6', 0.995, 9, true), ('bash', '5.2', 1.0, 8, false)) as l (language, version, upto, usual_ms, compiled);

create temp table workers_made on commit drop as
  select i, gen_random_uuid() as id from generate_series(0, 3) as i;
insert into workers (id, host, slots, running, warm, images)
  select id, 'host-' || i, 8, 0, 8, array['python', 'cpp'] from workers_made;

insert into users (username, email, full_name)
  select 'student' || i, 'student' || i || '@example.com', 'Student ' || i from generate_series(1, 2000) as i;

insert into problems (id, owner, title, time_limit_ms, memory_limit_kb, tests, test_count)
  select gen_random_uuid(), 'account:2', 'Problem ' || i, 2000, 131072,
         '[{"name":"1","stdin":"1 2","expected_output":"3","args":[],"weight":1}]', 1
  from generate_series(1, 200) as i;
create temp table problems_made on commit drop as
  select id, row_number() over (order by title) as i from problems;
analyze languages, workers_made, problems_made;

-- Few owners and problems have most of the executions: the cube of an even share.
create temp table made on commit drop as
  select uuid7.id, drawn.created_at, drawn.owner, l.language, l.version, l.compiled, drawn.verdict,
         drawn.luck, (l.usual_ms * exp(1.2 * sqrt(-2 * ln(1 - drawn.spread)) * cos(2 * pi() * drawn.luck)))::bigint + 1
           as wall_ms,
         (-20 * ln(1 - drawn.waiting))::bigint as queue_ms,
         case when drawn.luck < 0.6 then p.id end as problem_id,
         case when drawn.luck < 0.1 then 'session' when drawn.luck < 0.2 then 'spec' when drawn.luck < 0.4 then 'submit'
              else 'native' end as origin,
         case when drawn.verdict < 0.85 then 'reuse' else 'fresh' end as isolation,
         w.id as worker
  from (select now() - days * interval '1 day' * (1 - day / days)
                     + interval '1 day' * 0.11 * (sin(2 * pi() * day) - sin(2 * pi() * days)) - interval '1 min' as created_at,
               'account:' || 2 + (1999 * random() ^ 3)::int as owner, random() as chosen, random() as verdict,
               random() as luck, random() as spread, random() as waiting,
               1 + (199 * random() ^ 3)::int as problem, (3.99 * random() - 0.495)::int as worker
        from size, lateral (select days * i / executions as day from generate_series(1, executions) as i) as i) as drawn
  cross join lateral
    (select (lpad(to_hex((extract(epoch from drawn.created_at) * 1000)::bigint), 12, '0') || '7'
             || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid as id) as uuid7
  join languages l on drawn.chosen >= l.since and drawn.chosen < l.upto
  join problems_made p on p.i = drawn.problem
  join workers_made w on w.i = drawn.worker;

insert into executions (id, owner, language, version, isolation, request, created_at, origin, problem_id)
  select id, owner, language, version, isolation,
         json_build_object('language', language, 'version', version, 'asked_language', language,
           'entry', 'main', 'files', json_build_array(json_build_object('name', 'main', 'content',
             repeat('x = read(); print(x + ' || (luck * 1000)::int || ')' || chr(10), (luck * 10)::int + 1))),
           'stdin', '1 2', 'args', json_build_array(), 'limits', json_build_object('wall_ms', 10000),
           'isolation', isolation, 'priority', 'normal'),
         created_at, origin, problem_id
  from made order by id;

insert into results (execution_id, status, reason, message, stdout, stderr, exit_code, wall_ms, cpu_ms, memory_kb,
                     compile, tests, score, attempt, worker, sandbox_reused, runtime, queue_ms, started_at, finished_at)
  select id, status, reason, coalesce(lower(reason), ''),
         case when reason = 'COMPILE_ERROR' then '' else convert_to(repeat('3 ', (luck * 60)::int), 'UTF8') end,
         case when status = 'FAILED' then convert_to(repeat('error ', (luck * 40)::int), 'UTF8') else '' end,
         case when status = 'COMPLETED' then 0 when reason = 'RUNTIME_ERROR' then 1 end,
         case when reason = 'COMPILE_ERROR' then null when status = 'TIMEOUT' then 10000 else wall_ms end,
         case when reason = 'COMPILE_ERROR' then null when status = 'TIMEOUT' then 10000 else wall_ms * 4 / 5 end,
         case when reason = 'COMPILE_ERROR' then null else 8000 + (luck * 60000)::bigint end,
         case when compiled then json_build_object('exit_code', 0, 'wall_ms', 300 + (luck * 900)::int, 'cached', luck < 0.3) end,
         case when problem_id is not null then
           json_build_array(json_build_object('name', '1', 'status', status, 'reason', reason, 'skipped', false)) end,
         case when problem_id is not null then case status when 'COMPLETED' then 1 else 0 end end,
         case when luck < 0.002 then 2 else 1 end, worker, isolation = 'reuse' and luck < 0.9, 'runc', queue_ms,
         created_at + queue_ms * interval '1 ms',
         created_at + (queue_ms + wall_ms + 15) * interval '1 ms'
                    + case when status = 'TIMEOUT' then interval '10 s' else interval '0' end
  from made, lateral (select
    case when verdict < 0.70 then 'COMPLETED' when verdict < 0.965 then 'FAILED' when verdict < 0.99 then 'TIMEOUT'
         else 'CANCELLED' end as status,
    case when verdict < 0.70 then null
         when verdict < 0.78 then case when compiled then 'COMPILE_ERROR' else 'RUNTIME_ERROR' end
         when verdict < 0.84 then 'RUNTIME_ERROR'
         when verdict < 0.95 then case when problem_id is null then 'RUNTIME_ERROR' else 'WRONG_ANSWER' end
         when verdict < 0.958 then 'MEMORY_LIMIT' when verdict < 0.962 then 'OUTPUT_LIMIT'
         when verdict < 0.9646 then 'PROCESS_LIMIT' when verdict < 0.965 then 'SANDBOX_FAILURE'
         when verdict < 0.985 then 'WALL_TIME' when verdict < 0.99 then 'CPU_TIME' else 'CANCELLED' end as reason) as verdict_of
  -- The newest are still to do.
  where created_at < now() - interval '2 min'
  order by id;

insert into queue (id, key, owner, priority, language, queued_at)
  select id, extract(epoch from created_at) * 1000000, owner, 'normal', language, created_at
  from made where created_at >= now() - interval '2 min';
commit;
analyze;
