-- Deployments, maintenance requests, their history and the work on them.
--
--                            admin developer  engineer   auditor analyst member                        ci
-- deployments                RCUD  R          RCU        R       R       R                             RCU (its project)
-- maintenance_requests       RCUD  RC, U own  RCU        R       R       C, R own, U own while open    -
-- maintenance_status_history R     R          R          R       R       R own                         -
-- maintenance_work_logs      RCUD  R          RC, UD own R       R       -                             -
--
-- own: requests that the caller has asked for or is assigned to, and their history; logs of the caller's own work.

-- section: keep_duration
create or replace function app_private.keep_duration() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if new.status in ('success', 'failed') and old.status = 'in_progress' and new.duration_seconds is null then
    -- Whoever says that it began in the future has not waited for it.
    new.duration_seconds := greatest(extract(epoch from now() - new.deployed_at), 0)::integer;
  end if;
  return new;
end
$$;
comment on function app_private.keep_duration() is
  'Trigger: a deployment that ends took as long as from deployed_at until now, unless who ends it says otherwise.';

-- section: deployments
call app_private.close_tenant_table('deployments', 'deployments:read', 'deployments:write');
create policy read on deployments for select
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member using (true);
create policy read_own_project on deployments for select to app_ci
  using (coalesce(project_id = (select app_private.current_project_id()), true));
create policy read_counts on deployments for select to app_views using (true);
create policy make on deployments for insert to app_admin, app_engineer with check (true);
create policy make_own_project on deployments for insert to app_ci
  with check (project_id = any ((select current_project_ids())::uuid[]));
create policy change on deployments for update to app_admin, app_engineer using (true) with check (true);
create policy change_own_project on deployments for update to app_ci
  using (project_id = any ((select current_project_ids())::uuid[])) with check (project_id = any ((select current_project_ids())::uuid[]));
create policy remove on deployments for delete to app_admin using (true);
comment on policy make_own_project on deployments is 'The row belongs to a project that the credential is for.';
comment on policy change_own_project on deployments is 'The row belongs to a project that the credential is for.';
grant select on deployments to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
grant select (organization_id, id, project_id, deployed_at) on deployments to app_views;
grant insert (project_id, version, environment, status, deployed_by, deployed_at, duration_seconds, notes, commit_sha)
  on deployments to app_admin, app_engineer;
-- Who CI deploys as is nobody's to say: deployed_by stays empty.
grant insert (project_id, version, environment, status, deployed_at, duration_seconds, notes, commit_sha) on deployments to app_ci;
grant update (version, environment, status, deployed_by, deployed_at, duration_seconds, notes, commit_sha, row_version)
  on deployments to app_admin, app_engineer;
grant update (status, deployed_at, duration_seconds, notes, commit_sha, row_version) on deployments to app_ci;
grant delete on deployments to app_admin;
create or replace trigger _200_version before update on deployments
  for each row execute function app_private.raise_row_version();
create or replace trigger _300_transitions before insert or update of status on deployments
  for each row execute function app_private.keep_to_transitions('deployment', 'pending,in_progress',
    'pending>in_progress,in_progress>success,in_progress>failed,success>rolled_back');
create or replace trigger _310_duration before update of status on deployments
  for each row execute function app_private.keep_duration();
create or replace trigger _410_tally_insert after insert on deployments referencing new table as new_rows
  for each statement execute function tally_deployments();
create or replace trigger _410_tally_update after update on deployments referencing old table as old_rows new table as new_rows
  for each statement execute function tally_deployments();
create or replace trigger _410_tally_delete after delete on deployments referencing old table as old_rows
  for each statement execute function tally_deployments();
call app_private.audit_table('deployments', version_column => 'row_version');
call app_private.follow_table('deployments', 'deployment_changed', changed => '*');
comment on table deployments is 'That a version of a project was brought to an environment, or is being brought there.';
comment on column deployments.project_id is 'The project that is deployed.';
comment on column deployments.version is 'The version that is deployed, as its project counts them.';
comment on column deployments.environment is 'Where it is deployed to.';
comment on column deployments.status is 'Where it stands: pending, then in_progress, then success or failed; a success may be rolled back.';
comment on column deployments.deployed_by is E'@name deployed_by_id\nThe person who deploys it; empty where CI does.';
comment on column deployments.deployed_at is 'When it began.';
comment on column deployments.duration_seconds is 'How long it took, in seconds: from deployed_at until it ended, unless who ended it said otherwise. Empty until it ends.';
comment on column deployments.notes is 'What there is to say of it.';
comment on column deployments.commit_sha is 'The commit that is deployed.';
comment on constraint deployments_version_check on deployments is 'The version has 1 to 200 characters.';
comment on constraint deployments_duration_seconds_check on deployments is 'The duration is not negative.';
comment on constraint deployments_notes_check on deployments is 'The notes have at most 10,000 characters.';
comment on constraint deployments_commit_sha_check on deployments is 'The commit is 7 to 64 hexadecimal digits in lower case.';
comment on constraint deployments_deployed_by_fkey on deployments is E'@fieldName deployedBy\n@foreignFieldName deployments';

-- section: current_maintenance_request_ids
set local role app_definer;
create or replace function current_maintenance_request_ids() returns uuid[]
  language sql stable security definer
  set search_path from current
  begin atomic
    select array_agg(r.id) from maintenance_requests as r
    where r.requested_by = app_private.current_user_id() or r.assigned_to = app_private.current_user_id();
  end;
grant execute on function current_maintenance_request_ids() to app_member;
comment on function current_maintenance_request_ids() is E'@behavior -*\nThe maintenance requests that the caller has asked for or is assigned to.';

-- section: keep_status_notes
create or replace function app_private.keep_status_notes() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if new.status <> old.status and new.status_notes is not distinct from old.status_notes then
    new.status_notes := null;
  end if;
  return new;
end
$$;
comment on function app_private.keep_status_notes() is 'Trigger: the notes on a status are gone with it, where there are none on the new one.';

-- section: record_status_change
set local role app_definer;
create or replace function record_status_change() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
begin
  insert into maintenance_status_history (organization_id, maintenance_request_id, old_status, new_status, changed_by, notes)
  select n.organization_id, n.id, o.status, n.status, app_private.current_user_id(), n.status_notes
  from new_rows as n join old_rows as o using (organization_id, id)
  where n.status <> o.status
  order by n.id;
  return null;
end
$$;
grant execute on function record_status_change() to app_owner;
comment on function record_status_change() is 'Trigger: one row of history for each request whose status a statement has changed, with who really changed it.';

-- section: maintenance_requests
call app_private.close_tenant_table('maintenance_requests', 'maintenance:read', 'maintenance:write');
create policy read on maintenance_requests for select
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst using (true);
create policy read_own on maintenance_requests for select to app_member
  using (requested_by = (select app_private.current_user_id()) or assigned_to = (select app_private.current_user_id()));
create policy make on maintenance_requests for insert to app_admin, app_engineer with check (true);
-- A key of no user asks in nobody's name.
create policy make_own on maintenance_requests for insert to app_developer, app_member
  with check (coalesce(requested_by = (select app_private.current_user_id()), requested_by is null and (select app_private.current_user_id()) is null));
create policy change on maintenance_requests for update to app_admin, app_engineer using (true) with check (true);
-- Who is assigned may hand it over, so that it is no longer their own.
create policy change_own on maintenance_requests for update to app_developer
  using (requested_by = (select app_private.current_user_id()) or assigned_to = (select app_private.current_user_id())) with check (true);
create policy change_own_open on maintenance_requests for update to app_member
  using (status = 'open' and (requested_by = (select app_private.current_user_id()) or assigned_to = (select app_private.current_user_id())))
  with check (status in ('open', 'cancelled')
    and (requested_by = (select app_private.current_user_id()) or assigned_to = (select app_private.current_user_id())));
create policy remove on maintenance_requests for delete to app_admin using (true);
comment on policy make_own on maintenance_requests is 'The caller asks in their own name.';
comment on policy change_own_open on maintenance_requests is 'The row is the caller''s own and open; it stays open, or is cancelled.';
grant select on maintenance_requests to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
-- No grant on the status: every request begins open.
grant insert (project_id, requested_by, assigned_to, title, description, priority, due_date)
  on maintenance_requests to app_admin, app_engineer, app_developer;
grant insert (project_id, requested_by, title, description, priority, due_date) on maintenance_requests to app_member;
grant update (project_id, requested_by, assigned_to, title, description, priority, status, status_notes, due_date, version)
  on maintenance_requests to app_admin;
grant update (project_id, assigned_to, title, description, priority, status, status_notes, due_date, version)
  on maintenance_requests to app_engineer, app_developer;
grant update (project_id, title, description, priority, status, status_notes, due_date, version) on maintenance_requests to app_member;
grant delete on maintenance_requests to app_admin;
create or replace trigger _200_version before update on maintenance_requests
  for each row execute function app_private.raise_version();
create or replace trigger _300_transitions before insert or update of status on maintenance_requests
  for each row execute function app_private.keep_to_transitions('maintenance request', 'open',
    'open>in_progress,open>cancelled,in_progress>open,in_progress>completed,in_progress>cancelled');
create or replace trigger _310_status_notes before update of status on maintenance_requests
  for each row execute function app_private.keep_status_notes();
-- Of the statement, not of the row; with transition tables there is no list of columns.
create or replace trigger _400_history after update on maintenance_requests referencing old table as old_rows new table as new_rows
  for each statement execute function record_status_change();
create or replace trigger _410_tally_insert after insert on maintenance_requests referencing new table as new_rows
  for each statement execute function tally_requests();
create or replace trigger _410_tally_update after update on maintenance_requests referencing old table as old_rows new table as new_rows
  for each statement execute function tally_requests();
create or replace trigger _410_tally_delete after delete on maintenance_requests referencing old table as old_rows
  for each statement execute function tally_requests();
call app_private.audit_table('maintenance_requests');
call app_private.notify_people('maintenance_requests', 'assigned_to', 'maintenance_assigned', 'A maintenance request was assigned to you',
  'MaintenanceRequest', body_column => 'title');
create or replace trigger _930_notify_status after update on maintenance_requests referencing old table as old_rows new table as new_rows
  for each statement execute function app_private.notify_status('requested_by,assigned_to', 'maintenance_status_changed', 'A maintenance request is now ', 'MaintenanceRequest');
comment on table maintenance_requests is 'Work on a project, or on none, that somebody has asked for.';
comment on column maintenance_requests.project_id is 'The project that it is about, if any.';
comment on column maintenance_requests.requested_by is E'@name requested_by_id\nThe person who asked for it: the caller, if nobody is named.';
comment on column maintenance_requests.assigned_to is E'@name assigned_to_id\nThe person who is to do it.';
comment on column maintenance_requests.title is 'What is to be done, in one line.';
comment on column maintenance_requests.description is 'What is to be done.';
comment on column maintenance_requests.priority is 'How soon.';
comment on column maintenance_requests.status is 'Where it stands: open and in_progress, as often as it takes, then completed or cancelled.';
comment on column maintenance_requests.status_notes is 'Why its status is what it is: give it with the status, and it stands in the history too. Gone with the next change of the status.';
comment on column maintenance_requests.due_date is 'The day by which it is to be done.';
comment on constraint maintenance_requests_title_check on maintenance_requests is 'The title of a request has 1 to 300 characters.';
comment on constraint maintenance_requests_description_check on maintenance_requests is 'The description has at most 10,000 characters.';
comment on constraint maintenance_requests_status_notes_check on maintenance_requests is 'The notes on a status have at most 2,000 characters.';
comment on constraint maintenance_requests_requested_by_fkey on maintenance_requests is E'@fieldName requestedBy\n@foreignFieldName requestedMaintenance';
comment on constraint maintenance_requests_assigned_to_fkey on maintenance_requests is E'@fieldName assignedTo\n@foreignFieldName assignedMaintenance';

-- section: maintenance_requests_is_overdue
-- Not a definer, and one expression: it becomes part of the query, where maintenance_requests_status_idx serves it.
create or replace function maintenance_requests_is_overdue(request maintenance_requests) returns boolean
  language sql stable
  begin atomic
    select request.due_date is not null and request.status in ('open', 'in_progress') and request.due_date < current_date;
  end;
grant execute on function maintenance_requests_is_overdue(maintenance_requests)
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
comment on function maintenance_requests_is_overdue(maintenance_requests) is
  E'@notNull\n@behavior +filterBy -orderBy -aggregate\nWhether it is open or in progress after the day by which it was to be done.';

-- section: maintenance_status_history
call app_private.close_tenant_table('maintenance_status_history', 'maintenance:read');
create policy read on maintenance_status_history for select
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst using (true);
create policy read_own on maintenance_status_history for select to app_member
  using (maintenance_request_id = any ((select current_maintenance_request_ids())::uuid[]));
comment on policy read_own on maintenance_status_history is 'The row is of a request that is the caller''s own.';
grant select on maintenance_status_history to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
-- No insert grant: history is written by record_status_change only.
call app_private.audit_table('maintenance_status_history');
comment on table maintenance_status_history is E'@name maintenance_status_changes\nThat the status of a maintenance request was changed. Rows are added by the database itself.';
comment on column maintenance_status_history.maintenance_request_id is 'The request.';
comment on column maintenance_status_history.old_status is 'Where it stood before.';
comment on column maintenance_status_history.new_status is 'Where it stands since.';
comment on column maintenance_status_history.changed_by is E'@name changed_by_id\nThe person who changed it; empty where it was no person.';
comment on column maintenance_status_history.notes is 'Why, in the words of who changed it.';
comment on constraint maintenance_status_history_maintenance_request_id_fkey on maintenance_status_history is E'@foreignFieldName statusHistory';
comment on constraint maintenance_status_history_changed_by_fkey on maintenance_status_history is E'@fieldName changedBy\n@foreignFieldName maintenanceStatusChanges';

-- section: maintenance_work_logs
call app_private.close_tenant_table('maintenance_work_logs', 'maintenance:read', 'maintenance:write');
create policy read on maintenance_work_logs for select
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst using (true);
create policy make on maintenance_work_logs for insert to app_admin with check (true);
create policy make_own on maintenance_work_logs for insert to app_engineer
  with check (coalesce(user_id = (select app_private.current_user_id()), user_id is null and (select app_private.current_user_id()) is null));
create policy change on maintenance_work_logs for update to app_admin using (true) with check (true);
create policy change_own on maintenance_work_logs for update to app_engineer
  using (user_id = (select app_private.current_user_id())) with check (user_id = (select app_private.current_user_id()));
create policy remove on maintenance_work_logs for delete to app_admin using (true);
create policy remove_own on maintenance_work_logs for delete to app_engineer using (user_id = (select app_private.current_user_id()));
comment on policy make_own on maintenance_work_logs is 'The caller logs their own work.';
comment on policy remove_own on maintenance_work_logs is 'The row is the caller''s own.';
grant select on maintenance_work_logs to app_admin, app_developer, app_engineer, app_auditor, app_analyst;
grant insert (maintenance_request_id, user_id, work_description, hours_spent, work_date) on maintenance_work_logs to app_admin, app_engineer;
grant update (user_id, work_description, hours_spent, work_date, version) on maintenance_work_logs to app_admin;
grant update (work_description, hours_spent, work_date, version) on maintenance_work_logs to app_engineer;
grant delete on maintenance_work_logs to app_admin, app_engineer;
create or replace trigger _200_version before update on maintenance_work_logs
  for each row execute function app_private.raise_version();
call app_private.audit_table('maintenance_work_logs');
comment on table maintenance_work_logs is 'Work that was done on a maintenance request.';
comment on column maintenance_work_logs.maintenance_request_id is 'The request that was worked on.';
comment on column maintenance_work_logs.user_id is 'The person who worked: the caller, if nobody is named.';
comment on column maintenance_work_logs.work_description is 'What was done.';
comment on column maintenance_work_logs.hours_spent is 'How many hours it took, to the hundredth.';
comment on column maintenance_work_logs.work_date is 'The day on which it was done; today (UTC), if it is not said.';
comment on constraint maintenance_work_logs_work_description_check on maintenance_work_logs is 'The description of work has 1 to 10,000 characters.';
comment on constraint maintenance_work_logs_hours_spent_check on maintenance_work_logs is 'The hours are more than none, and less than 1,000.';
comment on constraint maintenance_work_logs_maintenance_request_id_fkey on maintenance_work_logs is E'@foreignFieldName workLogs';
comment on constraint maintenance_work_logs_user_id_fkey on maintenance_work_logs is E'@fieldName user\n@foreignFieldName maintenanceWorkLogs';

-- section: work_log_totals
-- Not a definer: the caller's own policies say which logs are summed.
create or replace function work_log_totals(maintenance_request_id uuid default null, user_id uuid default null, since date default null,
  until date default null) returns setof work_log_total
  language sql stable rows 100
  begin atomic
    select w.maintenance_request_id, w.user_id, date_trunc('month', w.work_date::timestamp)::date, sum(w.hours_spent), count(*)::integer
    from maintenance_work_logs as w
    where (work_log_totals.maintenance_request_id is null or w.maintenance_request_id = work_log_totals.maintenance_request_id)
      and (work_log_totals.user_id is null or w.user_id = work_log_totals.user_id)
      and (work_log_totals.since is null or w.work_date >= work_log_totals.since)
      and (work_log_totals.until is null or w.work_date <= work_log_totals.until)
    group by 1, 2, 3
    order by 3, 1, 2;
  end;
grant execute on function work_log_totals(uuid, uuid, date, date) to app_admin, app_developer, app_engineer, app_auditor, app_analyst;
comment on function work_log_totals(uuid, uuid, date, date) is
  E'@behavior -filterProc\nThe hours worked on maintenance requests, by month, request and person: of one request, of one person, or between two days, where they are given.';
