-- What each role may do in Runyard's database, one right a line: tests/db/role_walk_test.cpp compares it with
-- sql/rights.txt, so that what is new fails until it stands there. What everybody may (public) is not repeated.
with role (name) as (values ('public'), ('runyard_app'), ('runyard_worker'), ('runyard_reporting')),
ours as (select oid, nspname from pg_namespace
         where nspname not in ('pg_catalog', 'information_schema') and nspname !~ '^pg_(toast|temp)'),
relation as (
  select c.oid, c.relkind, ours.nspname || '.' || regexp_replace(c.relname, '_\d{4}_\d{2}$', '_YYYY_MM') as name
  from pg_class c join ours on ours.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')),
allowed (role, line) as (
  select role.name, 'database ' || lower(p)
  from role, unnest(array['CREATE', 'TEMPORARY']) as p
  where has_database_privilege(role.name, current_database(), p)
  union all
  select role.name, 'schema ' || nspname || ' ' || string_agg(lower(p), ', ' order by p)
  from role, ours, unnest(array['CREATE', 'USAGE']) as p
  where has_schema_privilege(role.name, ours.oid, p) group by 1, nspname
  union all
  select role.name, 'table ' || relation.name || ' ' || string_agg(distinct lower(p), ', ' order by lower(p))
  from role, relation, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) as p
  where relkind <> 'S' and has_table_privilege(role.name, relation.oid, p) group by 1, relation.name
  union all
  select role.name, 'columns of ' || relation.name || ' ' || lower(p) || ' ('
                    || string_agg(a.attname, ', ' order by a.attname) || ')'
  from role, relation, unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) as p, pg_attribute a
  where relkind <> 'S' and a.attrelid = relation.oid and a.attnum > 0 and not a.attisdropped
    and not has_table_privilege(role.name, relation.oid, p) and has_column_privilege(role.name, relation.oid, a.attnum, p)
  group by 1, relation.name, p
  union all
  select role.name, 'sequence ' || relation.name || ' ' || string_agg(lower(p), ', ' order by p)
  from role, relation, unnest(array['USAGE', 'SELECT', 'UPDATE']) as p
  where relkind = 'S' and has_sequence_privilege(role.name, relation.oid, p) group by 1, relation.name
  union all
  select role.name, 'function ' || ours.nspname || '.' || f.proname || case when f.prosecdef then ' as its owner' else '' end
  from role, pg_proc f join ours on ours.oid = f.pronamespace
  where has_function_privilege(role.name, f.oid, 'EXECUTE')
  union all
  -- Of the server's own functions: what writes, locks or runs as somebody else.
  select distinct role.name, 'function pg_catalog.'
                             || case when f.proname like '%advisory%' then '*advisory*' else f.proname end
  from role, pg_proc f
  where f.pronamespace = 'pg_catalog'::regnamespace and has_function_privilege(role.name, f.oid, 'EXECUTE')
    and (f.prosecdef or f.proname like 'lo\_%' or f.proname like '%advisory%'
         or f.proname in ('loread', 'lowrite', 'pg_logical_emit_message'))
  union all
  select role.name, 'table ' || c.oid::regclass || ' ' || lower(p)
  from role, pg_class c, unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) as p
  where c.relnamespace in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    and c.relkind in ('r', 'v') and (has_table_privilege(role.name, c.oid, p))
)
select role || ' ' || line from (
  select role, line from allowed
  where role = 'public' or line not in (select line from allowed where role = 'public')
) as a order by role <> 'public', 1
