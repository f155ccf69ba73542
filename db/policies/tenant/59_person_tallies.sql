-- How many deployments and maintenance requests name each person, kept as they change, so that engineers_view counts no rows; and the
-- triggers that count these by person and by project (28_project_tallies.sql).
--
--                admin developer engineer auditor analyst member ci
-- person_tallies R     R         R        R       -       -      -
--
-- Without an identity (the operator's own changes) a change of what is counted is refused by the policies.

-- section: person_tallies
call app_private.close_tenant_table('person_tallies');
-- As the rows that are counted.
create policy read on person_tallies for select to app_admin, app_developer, app_engineer, app_auditor using (
  counted = 'deployments' and (select app_private.has_permission('deployments:read'))
  or counted <> 'deployments' and (select app_private.has_permission('maintenance:read')));
comment on policy read on person_tallies is 'The caller may read what is counted.';
grant select on person_tallies to app_admin, app_developer, app_engineer, app_auditor;
-- No other grant: counted by tally_deployments and tally_requests only. Not audited.
comment on table person_tallies is E'@behavior -*\nHow many deployments and maintenance requests name each person: the sum of the rows of a kind, of which each alone says nothing.';
comment on column person_tallies.person_id is 'Who deployed, or is assigned.';
comment on column person_tallies.counted is 'What is counted: deployments, unfinished_requests (open or in progress) or finished_requests.';
comment on column person_tallies.amount is 'What to add up; less than none where it is what another row has too many.';
comment on constraint person_tallies_counted_check on person_tallies is 'Deployments, unfinished_requests or finished_requests are counted.';

-- section: add_to_tally
set local role app_definer;
create or replace function add_to_tally(organization_id uuid, person_id uuid, counted text, amount bigint) returns void
  language plpgsql volatile
  set search_path from current
as $$
begin
  -- What another transaction holds is left to it, and another row begun: nobody waits for anybody.
  update person_tallies as t set amount = t.amount + add_to_tally.amount
  where t.organization_id = add_to_tally.organization_id and t.counted = add_to_tally.counted and t.person_id = add_to_tally.person_id and t.id = (
    select x.id
    from person_tallies as x
    where x.organization_id = add_to_tally.organization_id and x.counted = add_to_tally.counted and x.person_id = add_to_tally.person_id
    limit 1
    for update skip locked);
  if not found then
    insert into person_tallies (organization_id, person_id, counted, amount)
    values (add_to_tally.organization_id, add_to_tally.person_id, add_to_tally.counted, add_to_tally.amount);
  end if;
end
$$;
comment on function add_to_tally(uuid, uuid, text, bigint) is E'@behavior -*\nAdds to what is counted of a person; less than none takes off.';

-- section: tally_deployments
set local role app_definer;
create or replace function tally_deployments() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
begin
  if tg_op = 'INSERT' then
    perform add_to_tally(n.organization_id, n.deployed_by, 'deployments', count(*))
    from new_rows as n where n.deployed_by is not null group by n.organization_id, n.deployed_by;
    perform add_to_project_tally(n.organization_id, n.project_id, app_private.deployment_tally(n.status), count(*))
    from new_rows as n group by n.organization_id, n.project_id, app_private.deployment_tally(n.status);
  elsif tg_op = 'DELETE' then
    perform add_to_tally(o.organization_id, o.deployed_by, 'deployments', -count(*))
    from old_rows as o where o.deployed_by is not null group by o.organization_id, o.deployed_by;
    perform add_to_project_tally(o.organization_id, o.project_id, app_private.deployment_tally(o.status), -count(*))
    from old_rows as o group by o.organization_id, o.project_id, app_private.deployment_tally(o.status);
  else
    perform add_to_tally(c.organization_id, c.person_id, 'deployments', sum(c.amount))
    from (
      select n.organization_id, n.deployed_by as person_id, 1 as amount from new_rows as n
      union all
      select o.organization_id, o.deployed_by, -1 from old_rows as o
    ) as c
    where c.person_id is not null group by c.organization_id, c.person_id having sum(c.amount) <> 0;
    perform add_to_project_tally(c.organization_id, c.project_id, c.counted, sum(c.amount))
    from (
      select n.organization_id, n.project_id, app_private.deployment_tally(n.status) as counted, 1 as amount from new_rows as n
      union all
      select o.organization_id, o.project_id, app_private.deployment_tally(o.status), -1 from old_rows as o
    ) as c
    group by c.organization_id, c.project_id, c.counted having sum(c.amount) <> 0;
  end if;
  return null;
end
$$;
grant execute on function tally_deployments() to app_owner;
comment on function tally_deployments() is 'Trigger: counts by person, and by project, what a statement has changed of deployments.';

-- section: request_tally
create or replace function app_private.request_tally(status text) returns text
  language sql immutable parallel safe
  begin atomic select case when status in ('open', 'in_progress') then 'unfinished_requests' else 'finished_requests' end; end;
grant execute on function app_private.request_tally(text) to app_definer;
comment on function app_private.request_tally(text) is 'As what a maintenance request of a status is counted.';

-- section: tally_requests
set local role app_definer;
create or replace function tally_requests() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
begin
  if tg_op = 'INSERT' then
    perform add_to_tally(n.organization_id, n.assigned_to, app_private.request_tally(n.status), count(*))
    from new_rows as n where n.assigned_to is not null group by n.organization_id, n.assigned_to, app_private.request_tally(n.status);
    perform add_to_project_tally(n.organization_id, n.project_id, app_private.project_request_tally(n.status), count(*))
    from new_rows as n where n.project_id is not null group by n.organization_id, n.project_id, app_private.project_request_tally(n.status);
  elsif tg_op = 'DELETE' then
    perform add_to_tally(o.organization_id, o.assigned_to, app_private.request_tally(o.status), -count(*))
    from old_rows as o where o.assigned_to is not null group by o.organization_id, o.assigned_to, app_private.request_tally(o.status);
    perform add_to_project_tally(o.organization_id, o.project_id, app_private.project_request_tally(o.status), -count(*))
    from old_rows as o where o.project_id is not null group by o.organization_id, o.project_id, app_private.project_request_tally(o.status);
  else
    perform add_to_tally(c.organization_id, c.person_id, c.counted, sum(c.amount))
    from (
      select n.organization_id, n.assigned_to as person_id, app_private.request_tally(n.status) as counted, 1 as amount from new_rows as n
      union all
      select o.organization_id, o.assigned_to, app_private.request_tally(o.status), -1 from old_rows as o
    ) as c
    where c.person_id is not null group by c.organization_id, c.person_id, c.counted having sum(c.amount) <> 0;
    perform add_to_project_tally(c.organization_id, c.project_id, c.counted, sum(c.amount))
    from (
      select n.organization_id, n.project_id, app_private.project_request_tally(n.status) as counted, 1 as amount from new_rows as n
      union all
      select o.organization_id, o.project_id, app_private.project_request_tally(o.status), -1 from old_rows as o
    ) as c
    where c.project_id is not null group by c.organization_id, c.project_id, c.counted having sum(c.amount) <> 0;
  end if;
  return null;
end
$$;
grant execute on function tally_requests() to app_owner;
comment on function tally_requests() is 'Trigger: counts by person, and by project, what a statement has changed of maintenance requests.';
