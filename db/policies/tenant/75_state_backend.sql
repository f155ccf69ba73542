-- What Terraform's HTTP backend does (src/http/state-backend.ts): the rules of states and locks.
--
--              admin developer           engineer            auditor analyst member ci
-- read_state   yes   designs to edit     designs to edit     -       -       -      its project's designs, by scope
-- write_state and its kin: the same
--
-- Definers: the clear text goes to whoever may edit the design, whatever the masking policy says, since Terraform can do nothing
-- with less, and who may write a state may read it. Each reading of it is audited. DX404 is said of a design that the caller does not
-- see, whether there is one or not; DX423, with the holder's lock info as detail, of a state that somebody else has locked.

-- section: require_states_of
set local role app_definer;
create or replace function require_states_of(design_id uuid, variadic permissions text[]) returns void
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  -- Asked first: of who has not the permission nothing can be learned about designs.
  if not app_private.has_permission(variadic permissions) then
    raise exception using errcode = '42501', message = 'the permission is missing';
  end if;
  -- An administrator sees deleted designs too.
  if not exists (
    select from designs as d
    where d.id = require_states_of.design_id and d.deleted_at is null and d.id = any ((select visible_design_ids())::uuid[])
  ) then
    raise exception using errcode = 'DX404', message = 'There is no such design.';
  end if;
  if not coalesce(require_states_of.design_id = any (operable_design_ids()), false) then
    raise exception using errcode = '42501', message = 'the design is not the caller''s to edit';
  end if;
end
$$;
comment on function require_states_of(uuid, text[]) is
  E'@behavior -*\nRefuses who may not work with the states of a design: 42501 without one of the permissions or the right to edit the design, DX404 where it is not seen.';

-- section: hold_state
set local role app_definer;
create or replace function hold_state(design_id uuid, workspace text, out id uuid, out serial bigint, out lineage text, out checksum text,
  out lock_id text, out lock_info jsonb)
  language plpgsql volatile security definer
  set search_path from current
as $$
begin
  loop
    insert into states (design_id, workspace) values (hold_state.design_id, hold_state.workspace) on conflict do nothing;
    -- Without the state itself.
    select s.id, s.serial, s.lineage, s.checksum, s.lock_id, s.lock_info
    into hold_state.id, hold_state.serial, hold_state.lineage, hold_state.checksum, hold_state.lock_id, hold_state.lock_info
    from states as s
    where s.design_id = hold_state.design_id and s.workspace = hold_state.workspace
    for update;
    -- It may have been removed in between.
    exit when hold_state.id is not null;
  end loop;
end
$$;
comment on function hold_state(uuid, text) is
  E'@behavior -*\nThe state of a workspace, which is made where there is none, kept from everybody else until the transaction ends.';

-- section: require_lock
set local role app_definer;
create or replace function app_private.require_lock(held text, info jsonb, given text) returns void
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if held is not distinct from given then
    return;
  end if;
  if held is null then
    raise exception using errcode = 'DX409', message = 'The lock is not held any more: somebody has forced it open.';
  end if;
  raise exception using errcode = 'DX423', message = 'The state is locked.', detail = info::text;
end
$$;
comment on function app_private.require_lock(text, jsonb, text) is
  'Refuses who names another lock than the one that is held: DX423 with its info, or DX409 where none is.';

-- section: read_state
set local role app_definer;
create or replace function read_state(design_id uuid, workspace text) returns text
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  found record;
begin
  perform require_states_of(read_state.design_id, 'states:read', 'states:write');
  select s.id, s.organization_id, s.serial, s.state into found
  from states as s
  where s.design_id = read_state.design_id and s.workspace = read_state.workspace;
  if found.state is null then
    return null;
  end if;
  perform app_private.record_state_read(current_schema(), found.organization_id, found.id,
    jsonb_build_object('designId', read_state.design_id, 'serial', found.serial));
  return app_private.decrypt_sensitive_data(found.state, found.organization_id, 'states.state');
end
$$;
grant execute on function read_state(uuid, text) to app_admin, app_developer, app_engineer, app_ci;
comment on function read_state(uuid, text) is E'@behavior -*\nThe clear text of a state, null where there is none; audited.';

-- section: write_state
set local role app_definer;
create or replace function write_state(design_id uuid, workspace text, state text, lock_id text default null) returns void
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  document record;
  held record;
  new_checksum text;
begin
  perform require_states_of(write_state.design_id, 'states:write');
  document := app_private.read_state_document(write_state.state);
  held := hold_state(write_state.design_id, write_state.workspace);
  perform app_private.require_lock(held.lock_id, held.lock_info, write_state.lock_id);
  new_checksum := app_private.state_checksum(write_state.state, held.id);
  if held.lineage <> document.lineage then
    raise exception using errcode = 'DX409',
      message = format('The state that is stored has the lineage %s: another can only be stored once that one is deleted.', held.lineage);
  end if;
  if held.lineage is not null then
    if held.serial = document.serial and held.checksum = new_checksum then
      -- The answer was lost, and it is sent again.
      return;
    end if;
    if held.serial >= document.serial then
      raise exception using errcode = 'DX409',
        message = format('The state that is stored has the serial %s: the next one must be higher, and this one has %s.', held.serial, document.serial);
    end if;
  end if;
  update states as s
  set serial = document.serial, lineage = document.lineage, state = write_state.state, checksum = new_checksum,
    size_bytes = octet_length(write_state.state), updated_at = now()
  where s.id = held.id;
  insert into state_versions (design_id, state_id, serial, lineage, state, checksum, size_bytes, created_by)
  values (write_state.design_id, held.id, document.serial, document.lineage, write_state.state, new_checksum, octet_length(write_state.state),
    app_private.current_user_id());
end
$$;
grant execute on function write_state(uuid, text, text, text) to app_admin, app_developer, app_engineer, app_ci;
comment on function write_state(uuid, text, text, text) is
  E'@behavior -*\nStores a state, and keeps it as a version: of the lineage that is stored, with a higher serial, under the lock that is held. The very same state again changes nothing.';

-- section: delete_state
set local role app_definer;
-- The row stays, and so do the versions: a state that was deleted by mistake is stored again from there.
create or replace function delete_state(design_id uuid, workspace text, lock_id text default null) returns void
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  held record;
begin
  perform require_states_of(delete_state.design_id, 'states:write');
  held := hold_state(delete_state.design_id, delete_state.workspace);
  perform app_private.require_lock(held.lock_id, held.lock_info, delete_state.lock_id);
  update states as s
  set serial = 0, lineage = null, state = null, checksum = null, size_bytes = null, updated_at = now()
  where s.id = held.id and s.lineage is not null;
end
$$;
grant execute on function delete_state(uuid, text, text) to app_admin, app_developer, app_engineer, app_ci;
comment on function delete_state(uuid, text, text) is E'@behavior -*\nDeletes a state, under the lock that is held. Its versions stay.';

-- section: lock_id_of
set local role app_definer;
create or replace function app_private.lock_id_of(lock_info text) returns text
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
declare
  id text;
begin
  begin
    id := lock_info::jsonb ->> 'ID';
  exception when others then
    id := null;
  end;
  if coalesce(id, '') = '' then
    raise exception using errcode = 'DX400', message = 'A lock is named by Terraform''s lock info, a JSON object with "ID".';
  end if;
  return id;
end
$$;
comment on function app_private.lock_id_of(text) is 'The ID that Terraform''s lock info gives; DX400 where it gives none.';

-- section: lock_state
set local role app_definer;
create or replace function lock_state(design_id uuid, workspace text, lock_info text) returns void
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  wanted text;
  held record;
begin
  perform require_states_of(lock_state.design_id, 'states:write');
  wanted := app_private.lock_id_of(lock_state.lock_info);
  held := hold_state(lock_state.design_id, lock_state.workspace);
  -- IDs are random: the same is the same client, whose answer was lost.
  if held.lock_id = wanted then
    return;
  end if;
  perform app_private.require_lock(held.lock_id, held.lock_info, null);
  update states as s
  set lock_id = wanted, lock_info = lock_state.lock_info::jsonb, locked_by = app_private.current_user_id(), locked_at = now()
  where s.id = held.id;
end
$$;
grant execute on function lock_state(uuid, text, text) to app_admin, app_developer, app_engineer, app_ci;
comment on function lock_state(uuid, text, text) is E'@behavior -*\nLocks a state, which need not be there yet, for whoever the lock info names.';

-- section: unlock_state
set local role app_definer;
create or replace function unlock_state(design_id uuid, workspace text, lock_info text default null) returns void
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  held record;
  named text;
begin
  perform require_states_of(unlock_state.design_id, 'states:write');
  -- `terraform force-unlock` names none.
  if coalesce(unlock_state.lock_info, '') <> '' then
    named := app_private.lock_id_of(unlock_state.lock_info);
  end if;
  held := hold_state(unlock_state.design_id, unlock_state.workspace);
  if held.lock_id is null then
    return;
  end if;
  if named <> held.lock_id then
    raise exception using errcode = 'DX409', message = format('The state is locked by another: %s.', held.lock_id);
  end if;
  update states as s
  set lock_id = null, lock_info = null, locked_by = null, locked_at = null
  where s.id = held.id;
end
$$;
grant execute on function unlock_state(uuid, text, text) to app_admin, app_developer, app_engineer, app_ci;
comment on function unlock_state(uuid, text, text) is
  E'@behavior -*\nGives a lock free: the one that the lock info names, or, without any, whichever is held. One that is free stays so.';
