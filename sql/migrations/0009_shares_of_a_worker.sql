-- What bounds one owner's share: who may go before others, and how long an execution may take in all.

-- Only the operator makes keys with the scope `priority` (runyard-admin key add): the API refuses it.
alter table api_keys
  drop constraint api_keys_scopes_check,
  add constraint api_keys_scopes_check
    check (cardinality(scopes) > 0 and scopes <@ array['read', 'submit', 'author', 'account', 'priority']);
