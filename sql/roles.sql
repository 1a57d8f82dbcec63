-- What only a superuser can give and take. Every way to set Runyard up runs this in its database as the superuser, each
-- time; repeating it changes nothing. In someone's own database (RUNYARD_DB) it is for whoever lets reports have a role
-- of their own there: it takes temporary tables, large objects and advisory locks from all but the owners and our roles.

-- Whoever may connect has these by default. Large objects and messages in the log are writing; an advisory lock that
-- is never let go of keeps others from theirs.
do $$
declare
  one record;
  trusted text;
begin
  select string_agg(quote_ident(rolname), ', ') into trusted
  from pg_roles
  where rolname in ('runyard_owner', 'runyard_app', 'runyard_worker')
     or oid = (select datdba from pg_database where datname = current_database())
     or oid = (select relowner from pg_class where oid = to_regclass('public.queue'));
  for one in
    select oid::regprocedure as signature, proname like 'pg\_%advisory%' as is_lock
    from pg_proc
    where pronamespace = 'pg_catalog'::regnamespace
      and (proname like 'lo\_%' or proname in ('loread', 'lowrite', 'pg_logical_emit_message')
           or proname like 'pg\_advisory\_%' or proname like 'pg\_try\_advisory\_%')
  loop
    execute format('revoke execute on function %s from public', one.signature);
    if one.is_lock then execute format('grant execute on function %s to %s', one.signature, trusted); end if;
  end loop;
  -- Not in the dump of a database: a restored one has them back.
  execute format('revoke temporary on database %I from public', current_database());
  revoke create on schema public from public;

  if to_regrole('runyard_reporting') is null then return; end if;
  -- Reports leave the programs their connections. A role's limit is the cluster's, so it is written only once.
  if (select rolconnlimit from pg_roles where rolname = 'runyard_reporting') = -1 then
    alter role runyard_reporting connection limit 10;
  end if;
  -- The sessions' own to change. What holds are the rights.
  execute format('alter role runyard_reporting in database %I set statement_timeout = %L', current_database(), '30s');
  execute format('alter role runyard_reporting in database %I set default_transaction_read_only = on', current_database());
  -- Only a superuser changes this one: what a report's sorts may take of the disk.
  execute format('alter role runyard_reporting in database %I set temp_file_limit = %L', current_database(), '2GB');
end $$;
