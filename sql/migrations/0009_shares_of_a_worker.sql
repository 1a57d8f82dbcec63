-- What bounds one owner's share: who may go before others, and how long an execution may take in all.

-- Only the operator makes keys with the scope `priority` (runyard-admin key add): the API refuses it.
alter table api_keys
  drop constraint api_keys_scopes_check,
  add constraint api_keys_scopes_check
    check (cardinality(scopes) > 0 and scopes <@ array['read', 'submit', 'author', 'account', 'priority']);

-- What an execution of this problem may take in all, where that is more (or less) than the API's setting. Null: as the
-- setting says.
alter table problems
  add column total_limit_ms bigint check (total_limit_ms > 0);
