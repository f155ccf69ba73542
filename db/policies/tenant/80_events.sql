-- What happened, by ids only.
--
--        admin developer engineer auditor analyst member ci
-- events -     -         -        -       -       -      -
--
-- Written by app_private.record_events() only, as the owner, whose one policy is INSERT. Who follows what happens reads what it
-- happened to, as themselves; the ids of what somebody may not see are no business of theirs.

-- section: events
call app_private.close_tenant_table('events');
-- What the operator changes without an identity is recorded as well: record_events() takes the organization from the row.
drop policy tenant on events;
do $$
begin
  execute format('create policy tenant on events as restrictive using (organization_id = (select app_private.current_org_id(%1$L)))
    with check (current_user = ''app_owner'' or organization_id = (select app_private.current_org_id(%1$L)))', current_schema());
end
$$;
create policy append on events for insert to app_owner with check (true);
-- Nobody makes or changes what has happened; a job deletes what is old.
revoke insert, update on events from app_definer;
comment on table events is E'@behavior -*\nWhat happened, by ids only; kept for seven days.';
comment on column events.kind is 'What happened.';
comment on column events.target_id is 'What it happened to.';
comment on column events.user_id is 'Whom it is for; empty where anyone may follow who may read what it happened to.';
comment on column events.transaction_id is 'The transaction that it is of.';
