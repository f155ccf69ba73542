-- Sensitive columns hold ciphertext only. A value is "dx1.<key version>.<token>.<base64>":
--   token   32 hex digits, HMAC-SHA-256 of the clear text under a key derived from the data key: equal for equal values of
--           one column, made when the value is written, so that masked readers can group without any key;
--   base64  OpenPGP symmetric encryption by pgcrypto: AES-256 in CFB mode with an integrity code (MDC) and a random IV.
-- The key of a value is derived from the data key and its place ("table.column"), so that a ciphertext opens in no other
-- column. pgcrypto has no GCM. The data key is 256 random bits, so a slow key derivation would buy nothing: s2k-mode=1.
--
-- The API hands over data keys in the setting app.keys: envelopes, separated by blanks, each the base64 of
--   IV (16 bytes) || AES-256-CBC(organization 16 || key version 4 || data key 32) || HMAC-SHA-256(all before it)
-- under the secret "envelope" of this database. Who reads the setting, a log or a list of activities sees no key.

-- section: envelope_secret
set local role app_definer;
create or replace function app_private.envelope_secret() returns bytea
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic select value from app_private.secrets where name = 'envelope'; end;
grant execute on function app_private.envelope_secret() to app_user, app_worker, app_owner;
comment on function app_private.envelope_secret() is
  'The 64 bytes under which keys are handed over; for the API''s own login, never for a request''s role.';

-- section: open_key
set local role app_definer;
create or replace function app_private.open_key(organization uuid, key_version integer)
  returns table (opened_version integer, data_key bytea)
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  secret bytea := (select value from app_private.secrets where name = 'envelope');
  envelope bytea;
  sealed bytea;
  opened bytea;
begin
  for envelope in
    select decode(e, 'base64') from unnest(string_to_array(app_private.believed_setting('app.keys'), ' ')) as e
  loop
    if length(envelope) <> 16 + 64 + 32 then
      raise exception using errcode = 'DX500', message = 'A key envelope has the wrong size.';
    end if;
    sealed := substring(envelope from 1 for 80);
    if app_private.hmac(sealed, substring(secret from 33 for 32), 'sha256') <> substring(envelope from 81 for 32) then
      raise exception using errcode = 'DX500', message = 'A key envelope was not sealed for this database.';
    end if;
    opened := app_private.decrypt_iv(substring(sealed from 17), substring(secret from 1 for 32), substring(sealed from 1 for 16), 'aes-cbc/pad:pkcs');
    opened_version := ('x' || encode(substring(opened from 17 for 4), 'hex'))::bit(32)::int;
    if encode(substring(opened from 1 for 16), 'hex')::uuid = organization
      and (key_version is null or opened_version = key_version)
    then
      data_key := substring(opened from 21 for 32);
      return next;
      return;
    end if;
  end loop;
end
$$;
comment on function app_private.open_key(uuid, integer) is
  'The data key that the session was handed for an organization (the first of any version for null), or no row.';

-- section: encrypt_sensitive_data
set local role app_definer;
create or replace function app_private.encrypt_sensitive_data(plaintext text, organization_id uuid, place text) returns text
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  key record;
  place_key bytea;
begin
  if plaintext is null then
    return null;
  end if;
  select * into key from app_private.open_key(organization_id, null);
  if key.data_key is null then
    raise exception using errcode = 'DX500', message = 'The session was handed no key to encrypt with.';
  end if;
  place_key := app_private.hmac(convert_to(place, 'UTF8'), key.data_key, 'sha256');
  return format('dx1.%s.%s.%s', key.opened_version,
    encode(substring(app_private.hmac(convert_to('token:' || plaintext, 'UTF8'), place_key, 'sha256') from 1 for 16), 'hex'),
    -- Only Terraform states are longer than 262,144 bytes: they are stored in a fraction of that, in the same time.
    replace(encode(app_private.pgp_sym_encrypt(plaintext, encode(place_key, 'hex'),
      'cipher-algo=aes256, s2k-mode=1, s2k-digest-algo=sha256, '
      || case when octet_length(plaintext) > 262144 then 'compress-algo=1, compress-level=1' else 'compress-algo=0' end), 'base64'), E'\n', ''));
end
$$;
comment on function app_private.encrypt_sensitive_data(text, uuid, text) is
  'The ciphertext of a text for a place ("table.column"), under the organization''s newest key that the session was handed (the nil UUID for platform data).';

-- section: decrypt_sensitive_data
set local role app_definer;
create or replace function app_private.decrypt_sensitive_data(ciphertext text, organization_id uuid, place text) returns text
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  key record;
begin
  if ciphertext is null then
    return null;
  end if;
  select * into key from app_private.open_key(organization_id, split_part(ciphertext, '.', 2)::int);
  if key.data_key is null then
    raise exception using errcode = 'DX500', message = 'The session was not handed the key of this value.';
  end if;
  return app_private.pgp_sym_decrypt(decode(split_part(ciphertext, '.', 4), 'base64'),
    encode(app_private.hmac(convert_to(place, 'UTF8'), key.data_key, 'sha256'), 'hex'));
end
$$;
comment on function app_private.decrypt_sensitive_data(text, uuid, text) is
  'The clear text of a ciphertext; a wrong key or a changed byte is an error, never garbage. Asks nobody''s permission: only masking functions call it.';

-- section: encrypt_columns
set local role app_definer;
-- tg_argv: the sensitive columns. In a table without organization_id the platform's own key is used (the nil UUID).
create or replace function app_private.encrypt_columns() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  after jsonb := to_jsonb(new);
  before jsonb := case tg_op when 'UPDATE' then to_jsonb(old) end;
  organization uuid := coalesce((after ->> 'organization_id')::uuid, '00000000-0000-0000-0000-000000000000');
  changed jsonb := '{}';
  column_name text;
  place text;
  value text;
begin
  foreach column_name in array tg_argv loop
    place := tg_table_name || '.' || column_name;
    value := after ->> column_name;
    -- On insert everything is text, whatever it begins with. On update a ciphertext may stay, or be replaced by one
    -- that this organization's key opens (rotation).
    continue when value is null
      or tg_op = 'UPDATE' and value = before ->> column_name
      or tg_op = 'UPDATE' and starts_with(value, 'dx1.') and app_private.opens(value, organization, place);
    if length(value) > 262144 then
      raise exception using errcode = '22001', message = format('%s is longer than 262,144 characters.', column_name), column = column_name;
    end if;
    changed := changed || jsonb_build_object(column_name, app_private.encrypt_sensitive_data(value, organization, place));
  end loop;
  return case changed when '{}' then new else jsonb_populate_record(new, changed) end;
end
$$;
grant execute on function app_private.encrypt_columns() to app_owner;
comment on function app_private.encrypt_columns() is 'Trigger: what is written into the columns named is stored as ciphertext.';

-- section: opens
set local role app_definer;
create or replace function app_private.opens(ciphertext text, organization_id uuid, place text) returns boolean
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  return app_private.decrypt_sensitive_data(ciphertext, organization_id, place) is not null;
exception when others then
  return false;
end
$$;
comment on function app_private.opens(text, uuid, text) is 'Whether a text is a ciphertext of a place ("table.column") that a key handed over opens.';

-- section: check_json
set local role app_definer;
-- A definer, to know a ciphertext that rotation writes from a text that only looks like one. The message says nothing of the value.
-- tg_argv: the sensitive column, and what to call it.
create or replace function app_private.check_json() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  value text := to_jsonb(new) ->> tg_argv[0];
begin
  if tg_op = 'UPDATE' and (value is not distinct from to_jsonb(old) ->> tg_argv[0] or starts_with(value, 'dx1.')
    and app_private.opens(value, new.organization_id, tg_table_name || '.' || tg_argv[0])) then
    return new;
  end if;
  begin
    perform value::json;
  exception when others then
    raise exception using errcode = 'DX400', column = tg_argv[0], message = format('The %s is a JSON document.', tg_argv[1]);
  end;
  return new;
end
$$;
grant execute on function app_private.check_json() to app_owner;
comment on function app_private.check_json() is 'Trigger, before encryption: a sensitive column holds JSON (DX400).';

-- section: email_digest
set local role app_definer;
create or replace function app_private.email_digest(email text) returns bytea
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  key bytea := (select data_key from app_private.open_key('00000000-0000-0000-0000-000000000000', null));
begin
  if key is null then
    raise exception using errcode = 'DX500', message = 'The session was not handed the platform''s key.';
  end if;
  return app_private.hmac(convert_to(lower(email), 'UTF8'), app_private.hmac('email', key, 'sha256'), 'sha256');
end
$$;
comment on function app_private.email_digest(text) is
  'The keyed digest by which a user is found by e-mail address; upper and lower case are the same.';

-- section: wrapped_keys
set local role app_definer;
create or replace function app_private.wrapped_keys(organization uuid)
  returns table (organization_id uuid, key_version integer, wrapped_key bytea)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select k.organization_id, k.key_version, k.wrapped_key
    from app_private.organization_keys as k
    where k.organization_id in (organization, '00000000-0000-0000-0000-000000000000') and k.retired_at is null
    order by k.organization_id, k.key_version desc;
  end;
grant execute on function app_private.wrapped_keys(uuid) to app_user, app_worker, app_owner;
comment on function app_private.wrapped_keys(uuid) is
  'The wrapped data keys of an organization and of the platform, newest first; who has the key-encryption key can use them.';

-- section: store_key
set local role app_definer;
create or replace function app_private.store_key(organization uuid, version integer, wrapped bytea) returns boolean
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    insert into app_private.organization_keys (organization_id, key_version, wrapped_key)
    values (organization, version, wrapped)
    on conflict do nothing
    returning true;
  end;
grant execute on function app_private.store_key(uuid, integer, bytea) to app_owner;
comment on function app_private.store_key(uuid, integer, bytea) is 'Keeps a wrapped data key; null where that version exists already.';
