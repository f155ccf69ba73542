-- Terraform states, every version of them, and what has drifted from them. Bounded by the design: read where it is visible, changed
-- where the caller may change it. States are written by the functions of 75_state_backend.sql.
--
--                admin developer engineer auditor       analyst member ci
-- states         RCUD  RCUD      RCUD     metadata only -       -      RCUD (its project's designs, by scopes that name states:*)
-- state_versions R     R         R        metadata only -       -      R    (as states; written with the state, removed with it)
-- drift_logs     RCUD  RC        RCU      R             -       -      RCU  (its project's designs)

-- section: operable_design_ids
set local role app_definer;
create or replace function operable_design_ids() returns uuid[]
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  return case app_private.current_base_role() when 'ci' then visible_design_ids() else editable_design_ids() end;
end
$$;
grant execute on function operable_design_ids() to app_admin, app_developer, app_engineer, app_ci;
comment on function operable_design_ids() is
  E'@behavior -*\nThe designs whose states, drift and pipelines the caller may change, null for none: those that the caller may edit; of CI those of its projects.';

-- section: keep_design
set local role app_definer;
-- Of a parent that there is not, or of another organization, nothing is found: no policy lets such a row pass.
create or replace function app_private.keep_design() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  execute format('select p.design_id from %I.%I as p where p.organization_id = $1 and p.id = $2', tg_table_schema, tg_argv[0])
  into new.design_id using new.organization_id, (to_jsonb(new) ->> tg_argv[1])::uuid;
  return new;
end
$$;
grant execute on function app_private.keep_design() to app_owner;
comment on function app_private.keep_design() is 'Trigger: a row is of the design of its parent. Arguments: the parent''s table, the column that names it.';

-- section: states_state
set local role app_definer;
create or replace function states_state(terraform_state states) returns text
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  return app_private.reveal_state(terraform_state.state, terraform_state.organization_id, 'states.state',
    app_private.masking_mode(terraform_state.organization_id, 'states', 'state', app_private.current_base_role()), terraform_state.size_bytes);
end
$$;
-- Not to auditors, who have no right on the column: metadata only.
grant execute on function states_state(states) to app_admin, app_developer, app_engineer, app_ci;
comment on function states_state(states) is
  E'@behavior -filterBy -orderBy -aggregate\nThe state, a JSON document as text, by your role: all of it (up to 262,144 bytes), its outline, which names resources, instances and outputs and has none of their values, or a token. Ask for it of one state, not of a list. Terraform gets it from /terraform/states/{designId}/{workspace}.';

-- section: state_versions_state
set local role app_definer;
create or replace function state_versions_state(state_version state_versions) returns text
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  return app_private.reveal_state(state_version.state, state_version.organization_id, 'state_versions.state',
    app_private.masking_mode(state_version.organization_id, 'state_versions', 'state', app_private.current_base_role()), state_version.size_bytes);
end
$$;
grant execute on function state_versions_state(state_versions) to app_admin, app_developer, app_engineer, app_ci;
comment on function state_versions_state(state_versions) is
  E'@behavior -filterBy -orderBy -aggregate\nThe state as it was, by your role: all of it (up to 262,144 bytes), its outline, or a token.';

-- section: keep_locked
set local role app_definer;
create or replace function app_private.keep_locked() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- Without a role it is no request.
  if app_private.current_base_role() is not null and (tg_op = 'DELETE' or new.workspace <> old.workspace) then
    raise exception using errcode = 'DX409',
      message = 'The state is locked: who holds the lock could not store what they did. Wait for them, or force the lock open first.';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end
$$;
grant execute on function app_private.keep_locked() to app_owner;
comment on function app_private.keep_locked() is 'Trigger: a state that is locked stays where it is (DX409).';

-- section: states
call app_private.close_tenant_table('states', 'states:read,states:write', 'states:write');
create policy read on states for select to app_admin, app_developer, app_engineer, app_auditor, app_ci
  using (design_id = any ((select visible_design_ids())::uuid[]));
create policy make on states for insert to app_admin, app_developer, app_engineer, app_ci
  with check (design_id = any ((select operable_design_ids())::uuid[]));
create policy change on states for update to app_admin, app_developer, app_engineer, app_ci
  using (design_id = any ((select operable_design_ids())::uuid[])) with check (design_id = any ((select operable_design_ids())::uuid[]));
create policy remove on states for delete to app_admin, app_developer, app_engineer, app_ci
  using (design_id = any ((select operable_design_ids())::uuid[]));
comment on policy read on states is 'The design is one that you see.';
comment on policy make on states is 'The design is one that you may change, or of a project that the credential is for.';
comment on policy change on states is 'The design is one that you may change, or of a project that the credential is for.';
comment on policy remove on states is 'The design is one that you may change, or of a project that the credential is for.';
-- The ciphertext is granted with the rest: a masking function takes a whole row. In GraphQL it does not exist.
grant select on states to app_admin, app_developer, app_engineer, app_ci;
-- Metadata only: not the ciphertext with its token, nor the checksum: of content, not even whether it is the same.
grant select (organization_id, id, design_id, workspace, serial, lineage, size_bytes, lock_id, lock_info, locked_by, locked_at, created_at,
  updated_at, version) on states to app_auditor;
-- Nobody writes state, serial, lineage, checksum or a lock: write_state and its kin do, which check them.
grant insert (design_id, workspace) on states to app_admin, app_developer, app_engineer, app_ci;
grant update (workspace, version) on states to app_admin, app_developer, app_engineer, app_ci;
grant delete on states to app_admin, app_developer, app_engineer, app_ci;
create or replace trigger _100_encrypt before insert or update of state on states
  for each row execute function app_private.encrypt_state('state');
create or replace trigger _150_locked before update of workspace or delete on states
  for each row when (old.lock_id is not null) execute function app_private.keep_locked();
-- Not by Terraform: a write or a lock must not make a conflict for a person who renames the workspace.
create or replace trigger _200_version before update on states
  for each row when (current_user <> 'app_definer') execute function app_private.raise_version();
-- Who reads the trail is not whom the design is shared with, and auditors are not given the checksum.
call app_private.audit_table('states', sensitive => 'state', personal => 'workspace,checksum,lock_info');
comment on table states is 'The Terraform state of a design, one for each workspace, and who has it locked.';
comment on column states.design_id is 'The design that it is the state of.';
comment on column states.workspace is 'The workspace, as the last part of the backend''s address names it.';
comment on column states.serial is 'Which state it is, as Terraform counts them; 0 while there is none.';
comment on column states.lineage is 'What tells states apart that have nothing to do with each other, as Terraform names it; empty while there is none.';
comment on column states.state is E'@behavior -*\nThe state. Stored encrypted; what you read of it depends on your role.';
comment on column states.checksum is 'What tells one content of this state from another: a keyed digest, by which no guess at it can be tried.';
comment on column states.size_bytes is 'How many bytes the state has; empty while there is none.';
comment on column states.lock_id is 'The lock that is held, as Terraform names it; empty where it is free.';
comment on column states.lock_info is 'What Terraform says of who holds the lock, for what and since when.';
comment on column states.locked_by is E'@name locked_by_id\nThe person who holds the lock; empty where a key or job does.';
comment on column states.locked_at is 'Since when it is locked.';
comment on constraint states_workspace_key on states is E'@behavior -*\nThe design has a state of this workspace already.';
comment on constraint states_workspace_check on states is 'The name of a workspace is 1 to 90 letters, digits, dots, hyphens, underscores and tildes.';
comment on constraint states_serial_check on states is 'A serial is not negative.';
comment on constraint states_state_check on states is 'A sensitive value is stored encrypted.';
comment on constraint states_lineage_check on states is 'The lineage of a state has 1 to 200 characters.';
comment on constraint states_lock_id_check on states is 'The ID of a lock has 1 to 200 characters.';
comment on constraint states_lock_info_check on states is 'What is said of a lock has at most 10,000 bytes.';
comment on constraint states_content_check on states is 'What there is of a state is there together.';
comment on constraint states_lock_check on states is 'A lock has an ID, what is said of it, and a time.';
comment on constraint states_design_id_id_key on states is E'@behavior -*';
comment on constraint states_design_id_fkey on states is E'@foreignFieldName states';
comment on constraint states_locked_by_fkey on states is E'@fieldName lockedBy\n@foreignFieldName lockedStates';

-- section: state_versions
call app_private.close_tenant_table('state_versions', 'states:read,states:write');
create policy read on state_versions for select to app_admin, app_developer, app_engineer, app_auditor, app_ci
  using (design_id = any ((select visible_design_ids())::uuid[]));
comment on policy read on state_versions is 'The design is one that you see.';
grant select on state_versions to app_admin, app_developer, app_engineer, app_ci;
grant select (organization_id, id, design_id, state_id, serial, lineage, size_bytes, created_by, created_at) on state_versions to app_auditor;
-- No other grant: a version is written with its state by write_state, and goes with it.
create or replace trigger _100_encrypt before insert or update of state on state_versions
  for each row execute function app_private.encrypt_state('state');
call app_private.audit_table('state_versions', sensitive => 'state', personal => 'checksum');
comment on table state_versions is 'A Terraform state as it was stored once. Rows are added by the database itself.';
comment on column state_versions.design_id is 'The design that it was the state of.';
comment on column state_versions.state_id is 'Which state it is a version of.';
comment on column state_versions.serial is 'Its serial.';
comment on column state_versions.lineage is 'Its lineage.';
comment on column state_versions.state is E'@behavior -*\nThe state as it was. Stored encrypted; what you read of it depends on your role.';
comment on column state_versions.checksum is 'What tells this content of the state from another: the same for the same content.';
comment on column state_versions.size_bytes is 'How many bytes it has.';
comment on column state_versions.created_by is E'@name created_by_id\nThe person who stored it; empty where a key or job did.';
comment on constraint state_versions_serial_check on state_versions is 'A serial is not negative.';
comment on constraint state_versions_state_check on state_versions is 'A sensitive value is stored encrypted.';
comment on constraint state_versions_state_id_fkey on state_versions is E'@fieldName stateOf\n@foreignFieldName versions';
comment on constraint state_versions_design_id_fkey on state_versions is E'@fieldName design\n@foreignFieldName stateVersions';
comment on constraint state_versions_created_by_fkey on state_versions is E'@fieldName createdBy\n@foreignFieldName storedStateVersions';

-- section: drift_logs
call app_private.close_tenant_table('drift_logs', 'pipelines:read', 'pipelines:write');
create policy read on drift_logs for select to app_admin, app_developer, app_engineer, app_auditor, app_ci
  using (design_id = any ((select visible_design_ids())::uuid[]));
create policy make on drift_logs for insert to app_admin, app_developer, app_engineer, app_ci
  with check (design_id = any ((select operable_design_ids())::uuid[]));
create policy change on drift_logs for update to app_admin, app_engineer, app_ci
  using (design_id = any ((select operable_design_ids())::uuid[])) with check (design_id = any ((select operable_design_ids())::uuid[]));
create policy remove on drift_logs for delete to app_admin using (design_id = any ((select operable_design_ids())::uuid[]));
comment on policy read on drift_logs is 'The design is one that you see.';
comment on policy make on drift_logs is 'The design is one that you may change, or of a project that the credential is for.';
comment on policy change on drift_logs is 'The design is one that you may change, or of a project that the credential is for.';
comment on policy remove on drift_logs is 'The design is one that you may change.';
grant select on drift_logs to app_admin, app_developer, app_engineer, app_auditor, app_ci;
grant insert (state_id, resource_address, kind, expected, actual, severity, detected_at) on drift_logs to app_admin, app_developer, app_engineer, app_ci;
grant update (severity, resolved_at, version) on drift_logs to app_admin, app_engineer, app_ci;
grant delete on drift_logs to app_admin;
create or replace trigger _050_design before insert on drift_logs for each row execute function app_private.keep_design('states', 'state_id');
create or replace trigger _200_version before update on drift_logs for each row execute function app_private.raise_version();
call app_private.audit_table('drift_logs', personal => 'resource_address,expected,actual');
comment on table drift_logs is 'That what is there differs from what the Terraform state says.';
comment on column drift_logs.design_id is 'The design of the state.';
comment on column drift_logs.state_id is 'The state that it differs from.';
comment on column drift_logs.resource_address is 'The resource, by its address in Terraform, such as "aws_instance.web[0]".';
comment on column drift_logs.kind is 'Whether the resource was added, changed or removed behind Terraform''s back.';
comment on column drift_logs.expected is 'What the state says, without anything sensitive.';
comment on column drift_logs.actual is 'What is there, without anything sensitive.';
comment on column drift_logs.severity is 'How bad it is.';
comment on column drift_logs.detected_at is 'When it was found.';
comment on column drift_logs.resolved_at is 'When it was gone; empty while it is there.';
comment on constraint drift_logs_resource_address_check on drift_logs is 'The address of a resource has 1 to 1,000 characters.';
comment on constraint drift_logs_expected_check on drift_logs is 'What is expected has at most 100,000 bytes.';
comment on constraint drift_logs_actual_check on drift_logs is 'What is actual has at most 100,000 bytes.';
comment on constraint drift_logs_resolved_at_check on drift_logs is 'Drift is resolved after it was found.';
comment on constraint drift_logs_state_id_fkey on drift_logs is E'@fieldName state\n@foreignFieldName driftLogs';
comment on constraint drift_logs_design_id_fkey on drift_logs is E'@fieldName design\n@foreignFieldName driftLogs';
