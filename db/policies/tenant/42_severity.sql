-- How severe a defect is that a report opens: what the organization's rules say, first match first; else what the report
-- says; else what can be told from where it failed.
--
--                admin developer engineer auditor analyst member ci
-- severity_rules RCUD  R         R        R       -       -      -

-- section: severity_rules
call app_private.close_tenant_table('severity_rules', 'defects:read', 'defects:write');
create policy read on severity_rules for select to app_admin, app_developer, app_engineer, app_auditor using (true);
create policy make on severity_rules for insert to app_admin with check (true);
create policy change on severity_rules for update to app_admin using (true) with check (true);
create policy remove on severity_rules for delete to app_admin using (true);
grant select on severity_rules to app_admin, app_developer, app_engineer, app_auditor;
grant insert (project_id, position, pattern, severity) on severity_rules to app_admin;
grant update (project_id, position, pattern, severity, version) on severity_rules to app_admin;
grant delete on severity_rules to app_admin;
create or replace trigger _200_version before update on severity_rules for each row execute function app_private.raise_version();
call app_private.audit_table('severity_rules');
comment on table severity_rules is 'How severe the defects are that reports open. The rule with the lowest position that fits decides.';
comment on column severity_rules.project_id is 'The project that it is for; every project, if it is empty.';
comment on column severity_rules.position is 'Where it stands among the rules: the lowest that fits decides.';
comment on column severity_rules.pattern is 'What it fits: an object with some of name, suite, file, errorType and message, each a text in which * stands for any characters, capitals or not. All of them must fit.';
comment on column severity_rules.severity is 'How severe a defect is that it fits.';
comment on constraint severity_rules_position_check on severity_rules is 'The position is from 0 to 10000.';
comment on constraint severity_rules_pattern_check on severity_rules is 'The pattern is an object with some of name, suite, file, errorType and message, each a text of 1 to 500 characters.';

-- section: fits
set local role app_definer;
create or replace function app_private.fits(pattern text, value text) returns boolean
  language sql immutable parallel safe
  set search_path = pg_catalog, pg_temp
  begin atomic
    select pattern is null or value ilike replace(replace(replace(replace(pattern, '\', '\\'), '%', '\%'), '_', '\_'), '*', '%');
  end;
comment on function app_private.fits(text, text) is 'Whether a text fits a pattern, in which * stands for any characters, capitals or not; no pattern fits all.';

-- section: default_severity
set local role app_definer;
-- By the layers that a test names: what touches only the interface is low, where a service is involved medium, data or
-- several layers high.
create or replace function app_private.default_severity(named text) returns text
  language sql immutable parallel safe
  set search_path = pg_catalog, pg_temp
  begin atomic
    select case
        when layers.data or layers.interface and layers.service then 'high'
        when layers.service then 'medium'
        when layers.interface then 'low'
        else 'medium'
      end
    from (select
      named ~* '\m(ui|views?|pages?|components?|css|styles?|layout|render(ing|er|s)?|snapshots?|frontend|buttons?|dialogs?|tooltips?|icons?|themes?|storybook|a11y|accessibility)\M' as interface,
      named ~* '\m(services?|apis?|https?|rest|grpc|graphql|rpc|endpoints?|controllers?|handlers?|routes?|routers?|clients?|servers?|webhooks?|gateways?)\M' as service,
      named ~* '\m(data|databases?|db|sql|postgres(ql)?|mysql|sqlite|mongo(db)?|redis|repositor(y|ies)|migrations?|transactions?|storage|persistence|queries|integrity|deadlocks?|backups?|ledgers?|payments?)\M' as data
    ) as layers;
  end;
comment on function app_private.default_severity(text) is
  'The severity that ships with the product, by the words of where something failed: interface low, service medium, data or interface and service high, else medium.';

-- section: severity_of
set local role app_definer;
create or replace function severity_of(project uuid, name text, suite text, file text, error_type text, message text, reported text) returns text
  language plpgsql stable
  set search_path from current
as $$
begin
  return coalesce(
    (select s.severity from severity_rules as s
      where s.organization_id = app_private.current_org_id(current_schema()) and (s.project_id is null or s.project_id = severity_of.project)
        and app_private.fits(s.pattern ->> 'name', severity_of.name) and app_private.fits(s.pattern ->> 'suite', severity_of.suite)
        and app_private.fits(s.pattern ->> 'file', severity_of.file) and app_private.fits(s.pattern ->> 'errorType', severity_of.error_type)
        and app_private.fits(s.pattern ->> 'message', coalesce(severity_of.message, ''))
      order by s.position, s.project_id nulls last, s.id
      limit 1),
    reported,
    -- camelCase and paths as words.
    app_private.default_severity(regexp_replace(regexp_replace(left(concat_ws(' ', suite, file, name, error_type), 2000), '([a-z0-9])([A-Z])', '\1 \2', 'g'),
      '[^[:alnum:]]+', ' ', 'g')));
end
$$;
comment on function severity_of(uuid, text, text, text, text, text, text) is E'@behavior -*\nThe severity of a defect that a report opens.';
