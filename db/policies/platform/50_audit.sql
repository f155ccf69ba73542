-- The audit trail's writers. One statement is one insert into audit_logs, however many rows it changes: statement-level
-- triggers with transition tables. Nothing sensitive gets in: 🔒 columns stand as the token of their ciphertext, personal
-- ones as keyed digests.

-- section: audit_digest
set local role app_definer;
create or replace function app_private.audit_digest(value text, organization uuid) returns text
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select 'digest:' || encode(substring(app_private.hmac(
      convert_to(organization::text || ':' || value, 'UTF8'),
      (select s.value from app_private.secrets as s where s.name = 'audit'), 'sha256') from 1 for 16), 'hex');
  end;
grant execute on function app_private.audit_digest(text, uuid) to app_owner;
comment on function app_private.audit_digest(text, uuid) is 'What stands in the audit trail for a personal value.';

-- section: audit_image
create or replace function app_private.audit_image(image jsonb, sensitive text[], personal text[], organization uuid) returns jsonb
  language sql stable
  set search_path = pg_catalog, pg_temp
  begin atomic
    select coalesce(jsonb_object_agg(key, case
        when key = any (sensitive) then to_jsonb('digest:' || split_part(value #>> '{}', '.', 3))
        when key = any (personal) then to_jsonb(app_private.audit_digest(value #>> '{}', organization))
        else value
      end), '{}'::jsonb)
    from jsonb_each(image)
    where jsonb_typeof(value) <> 'null';
  end;
comment on function app_private.audit_image(jsonb, text[], text[], uuid) is 'A row as the audit trail may show it; nulls are left out.';

-- section: home_of
set local role app_definer;
create or replace function app_private.home_of(organization uuid) returns text
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select app_private.home_schema(o.slug, o.isolation)
    from app.organizations as o
    where o.id = organization and to_regclass(app_private.home_schema(o.slug, o.isolation) || '.audit_logs') is not null;
  end;
grant execute on function app_private.home_of(uuid) to app_owner;
comment on function app_private.home_of(uuid) is 'The schema that an organization''s rows live in; null where it is not made yet.';

-- section: audit
-- Owned by the owner, whose only policy on audit_logs is INSERT. Arguments: the sensitive columns, the personal ones and
-- those that are not audited, each separated by commas; the column that identifies the row; the one that holds the
-- organization; whether it is a platform table, whose rows are recorded where their organization lives; the column that
-- counts changes, where it is not version.
create or replace function app_private.audit() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  sensitive text[] := string_to_array(tg_argv[0], ',');
  personal text[] := string_to_array(tg_argv[1], ',');
  ignored text[] := array['organization_id', 'created_at', 'updated_at', coalesce(tg_argv[6], 'version')] || string_to_array(tg_argv[2], ',');
  home text;
  source text;
  -- What needs no digest is taken as it is.
  image text := case when sensitive || personal = '{}' then 'c.%1$I'
    else 'case when c.%1$I is not null then app_private.audit_image(c.%1$I, $1, $2, c.organization) end' end;
begin
  source := case tg_op
    when 'INSERT' then 'select null::jsonb as before, to_jsonb(n) - $3 as after, n.%1$I::text as id, n.%2$I as organization from new_rows as n'
    when 'DELETE' then 'select to_jsonb(o) - $3 as before, null::jsonb as after, o.%1$I::text as id, o.%2$I as organization from old_rows as o'
    else
      'select d.before, d.after, n.%1$I::text as id, n.%2$I as organization
       from new_rows as n
       join old_rows as o on o.%1$I = n.%1$I and o.%2$I = n.%2$I
       cross join lateral (
         select jsonb_object_agg(b.key, b.value) as before, jsonb_object_agg(b.key, a.value) as after
         from jsonb_each(to_jsonb(o) - $3) as b join jsonb_each(to_jsonb(n) - $3) as a using (key)
         where a.value is distinct from b.value
       ) as d
       where d.after is not null'
  end;
  source := format(source, tg_argv[3], tg_argv[4]);
  -- A statement on a tenant's table, or of a request, has one home; only the operator's may have several.
  for home in execute case tg_argv[5] when 'true'
    then format('select distinct app_private.home_of(c.organization) from (%s) as c where c.organization is not null', source)
    else format('select %L where $3 is not null', tg_table_schema) end
  using sensitive, personal, ignored
  loop
    continue when home is null;
    -- Who and from where is asked once, not once a row.
    execute format(
      'insert into %I.audit_logs (organization_id, user_id, actor, action, target_type, target_id, old_values, new_values,
         ip_address, user_agent, request_id, region_code)
       select c.organization, $4, $5, $6, $7, c.id, %s, %s, $8, $9, $10, $11
       from (%s) as c where %s', home, format(image, 'before'), format(image, 'after'), source,
      case tg_argv[5] when 'true' then 'app_private.home_of(c.organization) = $12' else '$12 is not null' end)
    using sensitive, personal, ignored, app_private.current_user_id(), coalesce(app_private.believed_setting('app.actor'), session_user),
      lower(tg_op), tg_table_name::text, split_part(app_private.believed_setting('app.ip_address'), '%', 1)::inet, app_private.believed_setting('app.user_agent'),
      app_private.believed_setting('app.request_id'), app_private.believed_setting('app.region'), home;
  end loop;
  return null;
end
$$;
comment on function app_private.audit() is 'Statement-level trigger: one audit row for each row inserted, changed or deleted, by whatever path.';

-- section: refuse_change
create or replace function app_private.refuse_change() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  raise exception using errcode = '42501', message = format('%s is refused on %s.', tg_op, tg_table_name);
end
$$;
comment on function app_private.refuse_change() is 'Trigger: refuses whatever it is on, whoever asks.';

-- section: audit_table
drop procedure if exists app_private.audit_table(text, text, text, text, text, text, boolean);
create or replace procedure app_private.audit_table(target text, sensitive text default '', personal text default '',
  ignored text default '', id_column text default 'id', organization_column text default 'organization_id', is_platform boolean default false,
  version_column text default 'version')
  language plpgsql
as $$
declare
  event text;
  transition text;
begin
  for event, transition in
    values ('insert', 'new table as new_rows'), ('update', 'old table as old_rows new table as new_rows'), ('delete', 'old table as old_rows')
  loop
    execute format('create or replace trigger _900_audit_%1$s after %1$s on %2$s referencing %3$s for each statement execute function app_private.audit(%4$L, %5$L, %6$L, %7$L, %8$L, %9$L%10$s)',
      event, target, transition, sensitive, personal, ignored, id_column, organization_column, is_platform::text,
      case when version_column <> 'version' then ', ' || quote_literal(version_column) end);
  end loop;
  -- It would empty the table without a word in the trail.
  execute format('create or replace trigger _900_no_truncate before truncate on %s for each statement execute function app_private.refuse_change()', target);
end
$$;
comment on procedure app_private.audit_table(text, text, text, text, text, text, boolean, text) is 'Has every insert, update and delete on a table audited, and truncate refused.';

-- section: security_event
set local role app_definer;
create or replace function app_private.record_security_event() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- That someone was there is no change.
  if tg_op = 'UPDATE' and to_jsonb(new) - array['last_login_at', 'updated_at', 'version'] = to_jsonb(old) - array['last_login_at', 'updated_at', 'version'] then
    return null;
  end if;
  insert into app_private.security_events (action, actor, target_type, target_id, details, ip_address)
  values (
    lower(tg_op), coalesce(app_private.believed_setting('app.actor'), session_user), tg_table_name,
    case tg_op when 'DELETE' then to_jsonb(old) else to_jsonb(new) end ->> tg_argv[0],
    case when tg_op = 'UPDATE' then (
      select coalesce(jsonb_build_object('changed', jsonb_agg(key order by key)), '{}')
      from jsonb_each(to_jsonb(new)) as n join jsonb_each(to_jsonb(old)) as o using (key)
      where n.value is distinct from o.value and key not in ('updated_at', 'version', 'last_login_at'))
    else '{}' end,
    split_part(app_private.believed_setting('app.ip_address'), '%', 1)::inet);
  return null;
end
$$;
grant execute on function app_private.record_security_event() to app_owner;
comment on function app_private.record_security_event() is
  'Trigger: what happens to a table that belongs to no organization; names of columns only, no values.';
