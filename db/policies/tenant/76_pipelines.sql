-- Pipelines of a design, their executions, and the stages of those. Bounded by the design: read where it is visible, changed where
-- the caller may change it, or CI's project has it.
--
--                     admin developer engineer auditor analyst member ci
-- pipelines           RCUD  RC        RCU      R       -       -      R   (its project's designs)
-- pipeline_executions RCUD  RC        RCU      R       -       -      RCU (its project's designs)
-- pipeline_stages     RCUD  RC        RCU      R       -       -      RCU (its project's designs)
--
-- The status of an execution follows from its stages and is nobody's to write.

-- section: check_definition
create or replace function app_private.check_definition() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  stages jsonb := new.definition -> 'stages';
  twice text;
begin
  if jsonb_typeof(stages) is distinct from 'array' or jsonb_array_length(stages) not between 1 and 50 then
    raise exception using errcode = 'DX400', column = 'definition', message = 'A pipeline is defined by 1 to 50 stages: {"stages": [{"name": "plan"}, …]}.';
  end if;
  if exists (
    select from jsonb_array_elements(stages) as s (stage)
    where jsonb_typeof(s.stage -> 'name') is distinct from 'string' or length(s.stage ->> 'name') not between 1 and 100
  ) then
    raise exception using errcode = 'DX400', column = 'definition', message = 'Each stage of a pipeline has a name of 1 to 100 characters.';
  end if;
  select s.stage ->> 'name' into twice from jsonb_array_elements(stages) as s (stage) group by 1 having count(*) > 1 limit 1;
  if twice is not null then
    raise exception using errcode = 'DX400', column = 'definition', message = format('Two stages of the pipeline have the name "%s".', twice);
  end if;
  return new;
end
$$;
comment on function app_private.check_definition() is 'Trigger: a pipeline has stages, each with a name of its own.';

-- section: pipelines
call app_private.close_tenant_table('pipelines', 'pipelines:read', 'pipelines:write');
create policy read on pipelines for select to app_admin, app_developer, app_engineer, app_auditor, app_ci
  using (design_id = any ((select visible_design_ids())::uuid[]));
create policy make on pipelines for insert to app_admin, app_developer, app_engineer with check (design_id = any ((select operable_design_ids())::uuid[]));
create policy change on pipelines for update to app_admin, app_engineer
  using (design_id = any ((select operable_design_ids())::uuid[])) with check (design_id = any ((select operable_design_ids())::uuid[]));
create policy remove on pipelines for delete to app_admin using (design_id = any ((select operable_design_ids())::uuid[]));
comment on policy read on pipelines is 'The design is one that you see.';
comment on policy make on pipelines is 'The design is one that you may change.';
comment on policy change on pipelines is 'The design is one that you may change.';
comment on policy remove on pipelines is 'The design is one that you may change.';
grant select on pipelines to app_admin, app_developer, app_engineer, app_auditor, app_ci;
grant insert (design_id, name, definition, is_active) on pipelines to app_admin, app_developer, app_engineer;
grant update (name, definition, is_active, version) on pipelines to app_admin, app_engineer;
grant delete on pipelines to app_admin;
create or replace trigger _080_definition before insert or update of definition on pipelines
  for each row execute function app_private.check_definition();
create or replace trigger _200_version before update on pipelines for each row execute function app_private.raise_version();
-- Who reads the trail is not whom the design is shared with.
call app_private.audit_table('pipelines', personal => 'name,definition');
comment on table pipelines is 'What brings a design about: stages, one after the other or at once, that a CI job or a person runs.';
comment on column pipelines.design_id is 'The design that it brings about.';
comment on column pipelines.name is 'What it is called.';
comment on column pipelines.definition is 'Its stages: {"stages": [{"name": "plan"}, {"name": "apply"}]}. What else a stage says is kept as it is. Executions that there are keep the stages that they have.';
comment on column pipelines.is_active is 'Whether it starts executions.';
comment on constraint pipelines_name_key on pipelines is E'@behavior -*\nThe design has a pipeline of this name already.';
comment on constraint pipelines_name_check on pipelines is 'The name of a pipeline has 1 to 200 characters.';
comment on constraint pipelines_definition_check on pipelines is 'A pipeline is defined by {"stages": [{"name": "plan"}, …]}, in at most 100,000 bytes.';
comment on constraint pipelines_design_id_id_key on pipelines is E'@behavior -*';
comment on constraint pipelines_design_id_fkey on pipelines is E'@foreignFieldName pipelines';

-- section: make_stages
set local role app_definer;
-- The pipeline stays as it is until the execution is there: who makes it inactive waits for that.
create or replace function make_stages() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
declare
  pipeline record;
begin
  select p.definition, p.is_active into pipeline
  from pipelines as p where p.organization_id = new.organization_id and p.id = new.pipeline_id
  for share;
  if not pipeline.is_active then
    raise exception using errcode = 'DX400', column = 'pipeline_id', message = 'The pipeline is inactive: it starts no execution.';
  end if;
  insert into pipeline_stages (organization_id, execution_id, name, position)
  select new.organization_id, new.id, s.stage ->> 'name', s.n
  from jsonb_array_elements(pipeline.definition -> 'stages') with ordinality as s (stage, n);
  return null;
end
$$;
grant execute on function make_stages() to app_owner;
comment on function make_stages() is 'Trigger: an execution has the stages of its pipeline; one that is inactive has none (DX400).';

-- section: pipeline_executions
call app_private.close_tenant_table('pipeline_executions', 'pipelines:read', 'pipelines:write');
create policy read on pipeline_executions for select to app_admin, app_developer, app_engineer, app_auditor, app_ci
  using (design_id = any ((select visible_design_ids())::uuid[]));
create policy make on pipeline_executions for insert to app_admin, app_developer, app_engineer, app_ci
  with check (design_id = any ((select operable_design_ids())::uuid[]));
create policy change on pipeline_executions for update to app_admin, app_engineer, app_ci
  using (design_id = any ((select operable_design_ids())::uuid[])) with check (design_id = any ((select operable_design_ids())::uuid[]));
create policy remove on pipeline_executions for delete to app_admin using (design_id = any ((select operable_design_ids())::uuid[]));
comment on policy read on pipeline_executions is 'The design is one that you see.';
comment on policy make on pipeline_executions is 'The design is one that you may change, or of a project that the credential is for.';
comment on policy change on pipeline_executions is 'The design is one that you may change, or of a project that the credential is for.';
comment on policy remove on pipeline_executions is 'The design is one that you may change.';
grant select on pipeline_executions to app_admin, app_developer, app_engineer, app_auditor, app_ci;
-- Who started it is who is calling; status and times follow from the stages.
grant insert (pipeline_id) on pipeline_executions to app_admin, app_developer, app_engineer, app_ci;
grant update (error, version) on pipeline_executions to app_admin, app_engineer, app_ci;
grant delete on pipeline_executions to app_admin;
create or replace trigger _050_design before insert on pipeline_executions
  for each row execute function app_private.keep_design('pipelines', 'pipeline_id');
-- Not by derive_execution: a stage that ends must not make a conflict for who says why.
create or replace trigger _200_version before update on pipeline_executions
  for each row when (current_user <> 'app_definer') execute function app_private.raise_version();
create or replace trigger _400_stages after insert on pipeline_executions for each row execute function make_stages();
call app_private.audit_table('pipeline_executions', personal => 'error');
comment on table pipeline_executions is E'@behavior -insert\nThat a pipeline runs, or ran: started by startPipelineExecution.';
comment on column pipeline_executions.design_id is 'The design of the pipeline.';
comment on column pipeline_executions.pipeline_id is 'The pipeline.';
comment on column pipeline_executions.status is 'Where it stands, as its stages say: pending until one runs; failed as soon as one has failed; else running until all have ended, and then succeeded, or cancelled where one was.';
comment on column pipeline_executions.triggered_by is E'@name triggered_by_id\nThe person who started it; empty where a key or job did.';
comment on column pipeline_executions.started_at is 'When its first stage began.';
comment on column pipeline_executions.finished_at is 'When its last stage ended; empty until then.';
comment on column pipeline_executions.error is 'Why it failed, in the words of who ran it.';
comment on constraint pipeline_executions_error_check on pipeline_executions is 'The error has at most 10,000 characters.';
comment on constraint pipeline_executions_design_id_id_key on pipeline_executions is E'@behavior -*';
comment on constraint pipeline_executions_pipeline_id_fkey on pipeline_executions is E'@fieldName pipeline\n@foreignFieldName executions';
comment on constraint pipeline_executions_design_id_fkey on pipeline_executions is E'@fieldName design\n@foreignFieldName pipelineExecutions';
comment on constraint pipeline_executions_triggered_by_fkey on pipeline_executions is E'@fieldName triggeredBy\n@foreignFieldName pipelineExecutions';

-- section: keep_stage_times
create or replace function app_private.keep_stage_times() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if new.status = 'running' and old.status = 'pending' then
    new.started_at := now();
  elsif new.status in ('succeeded', 'failed', 'cancelled') and old.status in ('pending', 'running') then
    new.finished_at := greatest(now(), new.started_at);
  end if;
  return new;
end
$$;
comment on function app_private.keep_stage_times() is 'Trigger: when a stage began and ended.';

-- section: derive_execution
set local role app_definer;
-- Stages that end at once come one after the other here, and each sees what those before it have left. Stages are locked before
-- their execution by everybody (a stage that another is changing is left to that one), so that nobody waits in a circle.
create or replace function derive_execution(organization uuid, execution uuid) returns void
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  stages record;
  derived text;
begin
  perform from pipeline_executions as e where e.organization_id = organization and e.id = execution for no key update;
  if not found then
    return;
  end if;
  -- What follows a failure is not run.
  if exists (select from pipeline_stages as s where s.organization_id = organization and s.execution_id = execution and s.status = 'failed') then
    update pipeline_stages as s
    set status = 'cancelled'
    where s.organization_id = organization and s.id in (
      select p.id from pipeline_stages as p
      where p.organization_id = organization and p.execution_id = execution and p.status = 'pending'
      for update skip locked);
  end if;
  select count(*) as total,
    count(*) filter (where s.status = 'pending') as pending,
    count(*) filter (where s.status = 'running') as running,
    count(*) filter (where s.status = 'failed') as failed,
    count(*) filter (where s.status = 'cancelled') as cancelled,
    min(s.started_at) as started_at,
    max(s.finished_at) as finished_at
  into stages
  from pipeline_stages as s
  where s.organization_id = organization and s.execution_id = execution;
  if stages.total = 0 then
    return;
  end if;
  derived := case
    when stages.failed > 0 then 'failed'
    when stages.pending + stages.running = 0 then case when stages.cancelled > 0 then 'cancelled' else 'succeeded' end
    when stages.started_at is null then 'pending'
    else 'running'
  end;
  update pipeline_executions as e
  set status = derived, started_at = stages.started_at, updated_at = now(),
    finished_at = case when stages.pending + stages.running = 0 then stages.finished_at end
  where e.organization_id = organization and e.id = execution
    and (e.status, e.started_at, e.finished_at) is distinct from
      (derived, stages.started_at, case when stages.pending + stages.running = 0 then stages.finished_at end);
end
$$;
comment on function derive_execution(uuid, uuid) is E'@behavior -*\nBrings the status and the times of an execution in line with its stages.';

-- section: derive_executions
set local role app_definer;
create or replace function derive_executions() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
declare
  execution record;
begin
  for execution in select distinct c.organization_id, c.execution_id as id from changed_rows as c order by 1, 2 loop
    -- The stages of a new execution come while it is pending.
    if tg_op = 'INSERT' and exists (
      select from pipeline_executions as e
      where e.organization_id = execution.organization_id and e.id = execution.id and e.status not in ('pending', 'running')
    ) then
      raise exception using errcode = 'DX400', column = 'execution_id', message = 'The execution has ended: it gets no further stage.';
    end if;
    perform derive_execution(execution.organization_id, execution.id);
  end loop;
  return null;
end
$$;
grant execute on function derive_executions() to app_owner;
comment on function derive_executions() is 'Trigger: executions follow the stages that a statement has made, changed or removed.';

-- section: pipeline_stages
call app_private.close_tenant_table('pipeline_stages', 'pipelines:read', 'pipelines:write');
create policy read on pipeline_stages for select to app_admin, app_developer, app_engineer, app_auditor, app_ci
  using (design_id = any ((select visible_design_ids())::uuid[]));
create policy make on pipeline_stages for insert to app_admin, app_developer, app_engineer, app_ci
  with check (design_id = any ((select operable_design_ids())::uuid[]));
create policy change on pipeline_stages for update to app_admin, app_engineer, app_ci
  using (design_id = any ((select operable_design_ids())::uuid[])) with check (design_id = any ((select operable_design_ids())::uuid[]));
create policy remove on pipeline_stages for delete to app_admin using (design_id = any ((select operable_design_ids())::uuid[]));
comment on policy read on pipeline_stages is 'The design is one that you see.';
comment on policy make on pipeline_stages is 'The design is one that you may change, or of a project that the credential is for.';
comment on policy change on pipeline_stages is 'The design is one that you may change, or of a project that the credential is for.';
comment on policy remove on pipeline_stages is 'The design is one that you may change.';
grant select on pipeline_stages to app_admin, app_developer, app_engineer, app_auditor, app_ci;
-- Beside those that the definition gives: what a run finds out that it has to do.
grant insert (execution_id, name, position) on pipeline_stages to app_admin, app_developer, app_engineer, app_ci;
grant update (status, output, version) on pipeline_stages to app_admin, app_engineer, app_ci;
grant delete on pipeline_stages to app_admin;
create or replace trigger _050_design before insert on pipeline_stages
  for each row execute function app_private.keep_design('pipeline_executions', 'execution_id');
create or replace trigger _200_version before update on pipeline_stages
  for each row when (current_user <> 'app_definer') execute function app_private.raise_version();
create or replace trigger _300_transitions before insert or update of status on pipeline_stages
  for each row execute function app_private.keep_to_transitions('pipeline stage', 'pending',
    'pending>running,pending>cancelled,running>succeeded,running>failed,running>cancelled');
create or replace trigger _310_times before update of status on pipeline_stages
  for each row execute function app_private.keep_stage_times();
create or replace trigger _400_made after insert on pipeline_stages referencing new table as changed_rows
  for each statement execute function derive_executions();
create or replace trigger _400_changed after update on pipeline_stages referencing new table as changed_rows
  for each statement execute function derive_executions();
create or replace trigger _400_removed after delete on pipeline_stages referencing old table as changed_rows
  for each statement execute function derive_executions();
call app_private.audit_table('pipeline_stages', personal => 'name,output');
comment on table pipeline_stages is 'A step of an execution.';
comment on column pipeline_stages.design_id is 'The design of the pipeline.';
comment on column pipeline_stages.execution_id is 'The execution that it is a step of.';
comment on column pipeline_stages.name is 'What it is called; in its execution no other is called so.';
comment on column pipeline_stages.position is 'Which step it is, from 1.';
comment on column pipeline_stages.status is 'Where it stands: pending, then running, then succeeded or failed; cancelled where it was not run, or not to its end.';
comment on column pipeline_stages.started_at is 'When it began.';
comment on column pipeline_stages.finished_at is 'When it ended.';
comment on column pipeline_stages.output is 'What it said, without anything sensitive.';
comment on constraint pipeline_stages_position_key on pipeline_stages is E'@behavior -*\nThe execution has a stage at this position already.';
comment on constraint pipeline_stages_name_key on pipeline_stages is E'@behavior -*\nThe execution has a stage of this name already.';
comment on constraint pipeline_stages_name_check on pipeline_stages is 'The name of a stage has 1 to 100 characters.';
comment on constraint pipeline_stages_position_check on pipeline_stages is 'Positions count from 1.';
comment on constraint pipeline_stages_output_check on pipeline_stages is 'The output of a stage has at most 65,536 characters.';
comment on constraint pipeline_stages_execution_id_fkey on pipeline_stages is E'@fieldName execution\n@foreignFieldName stages';
comment on constraint pipeline_stages_design_id_fkey on pipeline_stages is E'@fieldName design\n@foreignFieldName pipelineStages';

-- section: start_pipeline_execution
-- Not a definer: the caller's own policies say which pipelines there are, and which may be started.
create or replace function start_pipeline_execution(pipeline_id uuid) returns uuid
  language plpgsql volatile
  set search_path from current
as $$
declare
  made uuid;
begin
  if not exists (select from pipelines as p where p.id = start_pipeline_execution.pipeline_id) then
    raise exception using errcode = 'DX404', message = 'There is no such pipeline.';
  end if;
  insert into pipeline_executions as e (pipeline_id) values (start_pipeline_execution.pipeline_id) returning e.id into made;
  return made;
end
$$;
grant execute on function start_pipeline_execution(uuid) to app_admin, app_developer, app_engineer, app_ci;
comment on function start_pipeline_execution(uuid) is E'@behavior -*\nStarts an execution of a pipeline, with the stages that it is defined by.';

-- section: cancel_pipeline_execution
create or replace function cancel_pipeline_execution(execution_id uuid) returns uuid
  language plpgsql volatile
  set search_path from current
as $$
declare
  status text;
begin
  -- Stages first, as everybody does (derive_execution), and in their order.
  perform from pipeline_stages as s
  where s.execution_id = cancel_pipeline_execution.execution_id and s.status in ('pending', 'running')
  order by s.position
  for update;
  select e.status into status from pipeline_executions as e where e.id = cancel_pipeline_execution.execution_id for no key update;
  if status is null then
    raise exception using errcode = 'DX404', message = 'There is no such execution that you may change.';
  end if;
  update pipeline_stages as s
  set status = 'cancelled'
  where s.execution_id = cancel_pipeline_execution.execution_id and s.status in ('pending', 'running');
  -- What is cancelled stays so, however often it is said. A failure stays one: its stages that still ran are cancelled.
  if not found and status <> 'cancelled' then
    raise exception using errcode = 'DX400', message = format('An execution that is %s has ended: there is nothing to cancel.', status);
  end if;
  return cancel_pipeline_execution.execution_id;
end
$$;
grant execute on function cancel_pipeline_execution(uuid) to app_admin, app_engineer, app_ci;
comment on function cancel_pipeline_execution(uuid) is
  E'@behavior -*\nCancels what is left of an execution: the stages that have not ended. What is cancelled stays so.';
