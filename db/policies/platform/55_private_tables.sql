-- The tables that only functions of app_definer touch. One a section: a transaction that closed several would meet requests
-- that hold them in another order, and end in a deadlock.

-- section: sql_principals
call app_private.close_table('sql_principals', 'app_private');
create or replace trigger _900_security_event after insert or update or delete on app_private.sql_principals
  for each row execute function app_private.record_security_event('login_role');
-- Who may read an organization by SQL stands in that organization's own trail as well.
call app_private.audit_table('app_private.sql_principals', id_column => 'login_role', is_platform => true);

-- section: organization_keys
call app_private.close_table('organization_keys', 'app_private');
create or replace trigger _900_security_event after insert or update or delete on app_private.organization_keys
  for each row execute function app_private.record_security_event('organization_id');

-- section: passwords
call app_private.close_table('passwords', 'app_private');
create or replace trigger _900_security_event after insert or update or delete on app_private.passwords
  for each row execute function app_private.record_security_event('user_id');

-- section: password_resets
call app_private.close_table('password_resets', 'app_private');

-- section: refresh_tokens
call app_private.close_table('refresh_tokens', 'app_private');

-- section: api_key_hashes
call app_private.close_table('api_key_hashes', 'app_private');

-- section: invitation_hashes
call app_private.close_table('invitation_hashes', 'app_private');

-- section: login_throttles
call app_private.close_table('login_throttles', 'app_private');

-- section: security_events
call app_private.close_table('security_events', 'app_private');

-- section: secrets
call app_private.close_table('secrets', 'app_private');

-- section: tenant_schemas
drop policy if exists definer on app_private.tenant_schemas;
create policy definer on app_private.tenant_schemas to app_definer using (true) with check (true);
grant select, insert on app_private.tenant_schemas to app_definer;
