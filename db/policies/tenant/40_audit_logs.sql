-- The audit trail.
--
--            admin developer engineer auditor analyst member ci
-- audit_logs R     R         R own    R       -       -      -
--
-- Written by app_private.audit() only, as the owner, whose one policy is INSERT. Nobody updates or deletes.

-- section: audit_logs
call app_private.close_tenant_table('audit_logs', 'audit:read');
-- Not even app_definer reads or changes the trail.
drop policy definer on audit_logs;
revoke all on audit_logs from app_definer;
-- What is changed without an identity (the operator's maintenance) is recorded as well: the writer is held to the row's
-- own organization by app_private.audit(), not by who calls.
drop policy tenant on audit_logs;
do $$
begin
  execute format('create policy tenant on audit_logs as restrictive using (organization_id = (select app_private.current_org_id(%1$L)))
    with check (current_user = ''app_owner'' or organization_id = (select app_private.current_org_id(%1$L)))', current_schema());
end
$$;
create policy append on audit_logs for insert to app_owner with check (true);
create policy read on audit_logs for select to app_admin, app_developer, app_auditor using (true);
create policy read_own on audit_logs for select to app_engineer using (user_id = (select app_private.current_user_id()));
grant select on audit_logs to app_admin, app_developer, app_engineer, app_auditor;
-- explain_access finds a row and asks whose it is; of what happened it reads nothing.
create policy explain on audit_logs for select to app_explainer using (true);
grant select (organization_id, id, user_id) on audit_logs to app_explainer;
-- verify_residency counts the rows by region; of what happened it reads nothing either.
create policy count on audit_logs for select to app_definer using (true);
grant select (organization_id, region_code) on audit_logs to app_definer;
comment on table audit_logs is 'What was changed, by whom, from where. Rows are added by the database itself and never change.';
comment on column audit_logs.user_id is 'The person who did it, where it was a person.';
comment on column audit_logs.actor is 'Who did it: a user, a key or a database login.';
comment on column audit_logs.action is 'What was done: insert, update, delete and the like.';
comment on column audit_logs.target_type is 'The kind of thing it was done to.';
comment on column audit_logs.target_id is 'The thing it was done to.';
comment on column audit_logs.details is 'What else there is to say.';
comment on column audit_logs.old_values is 'What was there before; of an update, only what it changed. Sensitive values stand as digests.';
comment on column audit_logs.new_values is 'What is there since; of an update, only what it changed. Sensitive values stand as digests.';
comment on column audit_logs.ip_address is 'The address that the request came from.';
comment on column audit_logs.user_agent is 'The program that the request came from.';
comment on column audit_logs.request_id is 'The request.';
comment on column audit_logs.region_code is 'The region in which it was recorded.';
create or replace trigger _100_append_only before update or delete or truncate on audit_logs
  for each statement execute function app_private.refuse_change();
-- Also where replication has switched triggers off.
alter table audit_logs enable always trigger _100_append_only;
