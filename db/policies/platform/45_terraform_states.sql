-- What a Terraform state is: what it must say of itself, how it is encrypted, and what is shown of it. A state may have many
-- megabytes, so nothing here turns a row into JSON, and the database alone parses it, once a write.

-- section: without_nul
create or replace function app_private.without_nul(document text) returns text
  language sql immutable parallel safe strict
  begin atomic
    select replace(document, '\u0000', '\ufffd');
  end;
grant execute on function app_private.without_nul(text) to app_definer;
comment on function app_private.without_nul(text) is 'A JSON document as PostgreSQL can take it apart: the one escape that it has no character for is another.';

-- section: read_state_document
-- The message says nothing of the state.
create or replace function app_private.read_state_document(document text, out serial bigint, out lineage text)
  language plpgsql immutable
  set search_path = pg_catalog, pg_temp
as $$
declare
  version integer;
begin
  begin
    select d.version, d.serial, d.lineage into version, serial, lineage
    from json_to_record(app_private.without_nul(document)::json) as d (version integer, serial bigint, lineage text);
  exception when statement_too_complex then
    raise;
  when others then
    raise exception using errcode = 'DX400', message = 'A Terraform state is a JSON object with the whole numbers "version" and "serial", and a "lineage".';
  end;
  if version is null or serial is null or serial < 0 or coalesce(lineage, '') = '' then
    raise exception using errcode = 'DX400', message = 'A Terraform state is a JSON object with the whole numbers "version" and "serial", and a "lineage".';
  end if;
end
$$;
grant execute on function app_private.read_state_document(text) to app_definer;
comment on function app_private.read_state_document(text) is 'What a Terraform state says of itself; what is none is refused (DX400).';

-- section: encrypt_state
set local role app_definer;
-- As encrypt_columns, for the one column `state`, which may be longer than any other; named as an argument for who looks which
-- columns are encrypted.
create or replace function app_private.encrypt_state() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  place text := tg_table_name || '.state';
begin
  if new.state is null
    or tg_op = 'UPDATE' and new.state = old.state
    or tg_op = 'UPDATE' and starts_with(new.state, 'dx1.') and app_private.opens(new.state, new.organization_id, place)
  then
    return new;
  end if;
  if octet_length(new.state) > 67108864 then
    raise exception using errcode = 'DX400', message = 'A Terraform state has at most 67,108,864 bytes.';
  end if;
  new.state := app_private.encrypt_sensitive_data(new.state, new.organization_id, place);
  return new;
end
$$;
grant execute on function app_private.encrypt_state() to app_owner;
comment on function app_private.encrypt_state() is 'Trigger: a Terraform state is stored as ciphertext.';

-- section: state_checksum
set local role app_definer;
-- Who is shown an outline sees it: a checksum that everybody can compute would let them try guesses at a value, and one that is the same
-- for the same content of another state would, too.
create or replace function app_private.state_checksum(document text, state_id uuid) returns text
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select encode(app_private.hmac(
      convert_to('state:' || state_id::text || ':' || document, 'UTF8'),
      (select s.value from app_private.secrets as s where s.name = 'audit'), 'sha256'), 'hex');
  end;
comment on function app_private.state_checksum(text, uuid) is 'A keyed digest that tells one content of a Terraform state from another.';

-- section: outline_state
-- Names, types and addresses, as they stand in the configuration; no attribute and no output has its value, sensitive or not.
create or replace function app_private.outline_state(document text) returns text
  language plpgsql immutable parallel safe strict
  set search_path = pg_catalog, pg_temp
as $$
declare
  state jsonb := app_private.without_nul(document)::jsonb;
  outputs jsonb := case when jsonb_typeof(state -> 'outputs') = 'object' then state -> 'outputs' else '{}' end;
  resources jsonb := case when jsonb_typeof(state -> 'resources') = 'array' then state -> 'resources' else '[]' end;
begin
  return jsonb_build_object(
    'version', state -> 'version',
    'terraform_version', state -> 'terraform_version',
    'serial', state -> 'serial',
    'lineage', state -> 'lineage',
    'outputs', (
      select coalesce(jsonb_object_agg(o.key, jsonb_strip_nulls(jsonb_build_object('type', o.value -> 'type', 'sensitive', o.value -> 'sensitive'))), '{}')
      from jsonb_each(outputs) as o),
    'resources', (
      select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
        'module', r.value -> 'module', 'mode', r.value -> 'mode', 'type', r.value -> 'type', 'name', r.value -> 'name',
        'provider', r.value -> 'provider',
        'instances', (
          select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('index_key', i.value -> 'index_key', 'status', i.value -> 'status')) order by i.n)
          from jsonb_array_elements(case when jsonb_typeof(r.value -> 'instances') = 'array' then r.value -> 'instances' else '[]' end)
            with ordinality as i (value, n)))) order by r.n), '[]')
      from jsonb_array_elements(resources) with ordinality as r (value, n)));
end
$$;
grant execute on function app_private.outline_state(text) to app_definer;
comment on function app_private.outline_state(text) is
  'A Terraform state without any value: which resources, instances and outputs there are.';

-- section: reveal_state
set local role app_definer;
-- As reveal. Partial is the outline: without its quoted literals a state would be no state. Not a SECURITY DEFINER and granted to
-- nobody: the masking functions call it.
create or replace function app_private.reveal_state(ciphertext text, organization uuid, place text, mode text, size_bytes integer) returns text
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if ciphertext is null then
    return null;
  end if;
  if mode not in ('none', 'partial') or app_private.believed_setting('app.keys') is null then
    return 'masked:' || split_part(left(ciphertext, 100), '.', 3);
  end if;
  if mode = 'none' and size_bytes > 262144 then
    raise exception using errcode = 'DX400',
      message = format('A state of %s bytes is more than GraphQL gives of one (262,144): get it from /terraform/states/{designId}/{workspace}.', size_bytes);
  end if;
  return case mode
    when 'none' then app_private.decrypt_sensitive_data(ciphertext, organization, place)
    else app_private.outline_state(app_private.decrypt_sensitive_data(ciphertext, organization, place))
  end;
end
$$;
comment on function app_private.reveal_state(text, uuid, text, text, integer) is
  'A Terraform state as a masking mode shows it: clear up to 262,144 bytes, its outline, or a token.';

-- section: record_state_read
-- Owned by the owner, whose only policy on audit_logs is INSERT. A state that is handed out has left the house.
create or replace function app_private.record_state_read(home text, organization uuid, state_id uuid, details jsonb) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  execute format('insert into %I.audit_logs (organization_id, user_id, actor, action, target_type, target_id, details, ip_address, user_agent,
    request_id, region_code) values ($1, $2, $3, ''read'', ''states'', $4, $5, $6, $7, $8, $9)', home)
  using organization, app_private.current_user_id(), coalesce(app_private.believed_setting('app.actor'), session_user), state_id::text, details,
    split_part(app_private.believed_setting('app.ip_address'), '%', 1)::inet, app_private.believed_setting('app.user_agent'),
    app_private.believed_setting('app.request_id'), app_private.believed_setting('app.region');
end
$$;
grant execute on function app_private.record_state_read(text, uuid, uuid, jsonb) to app_definer;
comment on function app_private.record_state_read(text, uuid, uuid, jsonb) is 'Leaves in the audit trail that the clear text of a state was handed out.';
