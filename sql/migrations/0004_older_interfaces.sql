-- What the clients of the older interfaces know executions by.

-- The learning platform's history counts its entries.
create table learning_history (
  id           bigint generated always as identity primary key,
  owner        text   not null check (owner <> ''),
  execution_id uuid   not null unique
);
create index learning_history_owner on learning_history (owner, id);

do $$
begin
  if to_regrole('runyard_app') is not null then
    grant select, insert, delete on learning_history to runyard_app;
  end if;
end $$;
