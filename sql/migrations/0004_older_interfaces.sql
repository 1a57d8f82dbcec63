-- What the clients of the older interfaces know executions by.

-- The learning platform's history counts its entries. An entry may stand here before its execution does, and
-- after it was deleted: readers join, and drop_partitions sweeps.
create table learning_history (
  id           bigint generated always as identity primary key,
  owner        text   not null check (owner <> ''),
  execution_id uuid   not null unique
);
create index learning_history_owner on learning_history (owner, id);

alter function drop_partitions(timestamptz) rename to drop_partitions_of_executions;

create function drop_partitions(keep_from timestamptz) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  dropped integer := drop_partitions_of_executions(keep_from);
begin
  if dropped > 0 then
    -- Within what was kept, an entry without an execution may be one that is just being submitted.
    delete from learning_history h
    where h.execution_id < uuid7_floor(keep_from)
      and not exists (select from executions e where e.id = h.execution_id);
  end if;
  return dropped;
end $$;

-- The spec engine shows its newest submissions.
create index executions_spec on executions (owner, id) where origin = 'spec';

-- Its table, as its own reports read it.
create view submissions as
  select e.id, coalesce(nullif(e.request ->> 'asked_language', ''), e.language) as language,
         entry_code(e.request) as code,
         case
           when r.status is null then case when q.worker is null then 'PENDING' else 'PROCESSING' end
           when r.status = 'COMPLETED' then 'SUCCESS'
           when r.status = 'TIMEOUT' then 'TIMEOUT'
           when r.reason = 'WRONG_ANSWER' then 'FAILURE'
           else 'ERROR'
         end as status,
         coalesce(utf8_text(r.stdout), '') as stdout, coalesce(utf8_text(r.stderr), '') as stderr,
         coalesce(r.wall_ms, 0) as exec_time_ms, coalesce(e.problem_id::text, '') as question_id,
         (select count(*) from json_array_elements(r.tests) as test
          where test ->> 'status' = 'COMPLETED' and test ->> 'skipped' = 'false') as passed_count,
         coalesce(json_array_length(r.tests), json_array_length(e.request -> 'tests'), 0) as total_count,
         coalesce(r.memory_kb, 0) as memory_used, e.created_at
  from executions e
  left join results r on r.execution_id = e.id
  left join queue q on q.id = e.id
  where e.origin = 'spec' and e.listed;

do $$
begin
  revoke execute on function drop_partitions, drop_partitions_of_executions from public;
  if to_regrole('runyard_app') is not null then
    grant select, insert, update, delete on learning_history to runyard_app;
    grant select on submissions to runyard_app;
  end if;
  if to_regrole('runyard_worker') is not null then
    grant execute on function drop_partitions to runyard_worker;
    revoke execute on function drop_partitions_of_executions from runyard_worker;
  end if;
  if to_regrole('runyard_reporting') is not null then
    grant select on submissions to runyard_reporting;
  end if;
end $$;
