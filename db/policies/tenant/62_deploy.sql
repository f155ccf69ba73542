-- How CI says that it deploys.
--
--                   admin developer engineer auditor analyst member ci
-- start_deployment  yes   -         yes      -       -       -      yes (its project)
-- finish_deployment yes   -         yes      -       -       -      yes (its project)
--
-- Not definers: the caller's own policies say for which projects, and keep_to_transitions what may follow what.

-- section: start_deployment
create or replace function start_deployment(project text, version text, environment text, commit_sha text default null, notes text default null)
  returns jsonb
  language plpgsql volatile
  set search_path from current
as $$
declare
  target uuid := (select p.id from projects as p where p.slug = start_deployment.project);
  deployment record;
begin
  if target is null then
    raise exception using errcode = 'DX404', message = format('There is no project "%s".', left(start_deployment.project, 100));
  end if;
  -- Jobs that start the same at the same time come one after the other.
  perform pg_advisory_xact_lock(hashtextextended(concat_ws(E'\x01', target, start_deployment.environment, start_deployment.version), 0));
  select d.id, d.status into deployment
  from deployments as d
  where d.project_id = target and d.environment = start_deployment.environment and d.version = start_deployment.version
    and d.status in ('pending', 'in_progress')
  order by d.status, d.deployed_at desc, d.id desc
  limit 1;
  if deployment.id is null then
    insert into deployments as d (project_id, version, environment, status, commit_sha, notes)
    values (target, start_deployment.version, start_deployment.environment, 'in_progress', start_deployment.commit_sha,
      coalesce(start_deployment.notes, ''))
    returning d.id into deployment;
    return jsonb_build_object('id', deployment.id, 'isNew', true);
  end if;
  if deployment.status = 'pending' then
    update deployments as d
    set status = 'in_progress', deployed_at = now(), commit_sha = coalesce(start_deployment.commit_sha, d.commit_sha),
      notes = concat_ws(E'\n', nullif(d.notes, ''), nullif(start_deployment.notes, ''))
    where d.id = deployment.id;
  end if;
  return jsonb_build_object('id', deployment.id, 'isNew', false);
end
$$;
grant execute on function start_deployment(text, text, text, text, text) to app_admin, app_engineer, app_ci;
comment on function start_deployment(text, text, text, text, text) is
  E'@behavior -*\nSays that a version of a project is being deployed to an environment. While it is, the same again changes nothing; one that is pending begins.';

-- section: finish_deployment
create or replace function finish_deployment(id uuid, project text, environment text, version text, outcome text, notes text default null)
  returns uuid
  language plpgsql volatile
  set search_path from current
as $$
declare
  is_rollback boolean := finish_deployment.outcome = 'rolled_back';
  deployment record;
begin
  if (finish_deployment.id is null) = (project is null) or (project is null) <> (environment is null) or (project is null) <> (version is null) then
    raise exception using errcode = 'DX400', column = 'id', message = 'Say which deployment: either by its id, or by project, environment and version.';
  end if;
  if finish_deployment.outcome is null or finish_deployment.outcome not in ('success', 'failed', 'rolled_back') then
    raise exception using errcode = 'DX400', column = 'status', message = 'A deployment ends as success or failed, or is rolled_back.';
  end if;
  select d.id, d.status into deployment
  from deployments as d
  where d.id = finish_deployment.id
    or d.project_id = (select p.id from projects as p where p.slug = finish_deployment.project)
      and d.environment = finish_deployment.environment and d.version = finish_deployment.version
  -- What is under way can end; only what has ended can be rolled back.
  order by (d.status in ('pending', 'in_progress')) = is_rollback, d.deployed_at desc, d.id desc
  limit 1
  for update;
  if deployment.id is null then
    raise exception using errcode = 'DX404', message = 'There is no such deployment that you may change.';
  end if;
  -- Said before.
  if deployment.status = finish_deployment.outcome then
    return deployment.id;
  end if;
  update deployments as d
  set status = finish_deployment.outcome, notes = concat_ws(E'\n', nullif(d.notes, ''), nullif(finish_deployment.notes, ''))
  where d.id = deployment.id;
  return deployment.id;
end
$$;
grant execute on function finish_deployment(uuid, text, text, text, text, text) to app_admin, app_engineer, app_ci;
comment on function finish_deployment(uuid, text, text, text, text, text) is
  E'@behavior -*\nSays how a deployment ended, or that it was rolled back. The same again changes nothing.';
