-- Identity providers, the roles that their groups give, the people that they know, and the CI services that are trusted. How
-- a token becomes a caller stands in 90_outside_sign_in.sql.

-- section: addresses
-- Constraints run with the rights of who writes.
grant execute on function app_private.is_keys_address(text), app_private.is_issuer_address(text) to app_admin, app_definer;

-- section: may_say_who_calls
set local role app_definer;
-- A provider can say that a caller is any member of the organization, its administrators too.
create or replace function app_private.may_say_who_calls() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if not array(
    select p.permission from app.roles as r join app.role_permissions as p on p.role_id = r.id
    where r.organization_id is null and r.name = 'admin'
  ) <@ coalesce(app_private.current_permissions(), '{}') then
    raise exception using errcode = '42501', message = 'an identity provider could give more permissions than who registers it has';
  end if;
  return new;
end
$$;
grant execute on function app_private.may_say_who_calls() to app_owner;
comment on function app_private.may_say_who_calls() is
  'Trigger: only an administrator with every permission says whose tokens are taken for members.';

-- section: identity_providers
--                    admin developer engineer auditor analyst member ci
-- identity_providers RCUD  R         R        R       -       -      -
call app_private.close_table('identity_providers');
create policy tenant on identity_providers as restrictive
  using (current_user = 'app_definer' or organization_id = (select app_private.current_org_id()));
create policy read on identity_providers for select to app_admin, app_developer, app_engineer, app_auditor
  using (organization_id = (select app_private.current_org_id()));
create policy make on identity_providers for insert to app_admin with check ((select app_private.has_permission('credentials:write')));
create policy change on identity_providers for update to app_admin
  using ((select app_private.has_permission('credentials:write'))) with check (true);
create policy remove on identity_providers for delete to app_admin using ((select app_private.has_permission('credentials:write')));
alter table identity_providers alter column organization_id set default app_private.current_org_id();
grant select on identity_providers to app_admin, app_developer, app_engineer, app_auditor;
grant insert (name, issuer, audience, jwks_uri, group_claim, creates_users, is_enabled) on identity_providers to app_admin;
-- The issuer stays: a subject is somebody under its own issuer only.
grant update (name, audience, jwks_uri, group_claim, creates_users, is_enabled, version) on identity_providers to app_admin;
grant delete on identity_providers to app_admin;
-- What the operator writes is not asked. Anyone who may change a provider may switch it off.
create or replace trigger _100_check before insert on identity_providers
  for each row when (app_private.current_base_role() is not null) execute function app_private.may_say_who_calls();
create or replace trigger _110_check before update on identity_providers
  for each row when (app_private.current_base_role() is not null and (new.is_enabled
    or (new.audience, new.jwks_uri, new.group_claim, new.creates_users) is distinct from (old.audience, old.jwks_uri, old.group_claim, old.creates_users)))
  execute function app_private.may_say_who_calls();
create or replace trigger _200_version before update on identity_providers for each row execute function app_private.raise_version();
call app_private.audit_table('identity_providers', is_platform => true);
comment on table identity_providers is 'An OpenID Connect issuer whose tokens say who the organization''s people are. Only an administrator with every permission registers one.';
comment on column identity_providers.organization_id is E'@behavior -*\nThe organization.';
comment on column identity_providers.name is 'What it is called; unique in the organization.';
comment on column identity_providers.issuer is 'The iss of its tokens, to the letter; it stays as it is.';
comment on column identity_providers.audience is 'What its tokens must be meant for: one of their aud.';
comment on column identity_providers.jwks_uri is 'Where its keys are; where its discovery document says, if it is empty.';
comment on column identity_providers.group_claim is 'The claim with the groups: its name, or a path with dots as realm_access.roles. App roles (the claim roles) count as well.';
comment on column identity_providers.creates_users is 'Whether who is not a member yet becomes one with the first token. It needs group mappings, which say as what.';
comment on column identity_providers.is_enabled is 'Whether its tokens are accepted; it holds from the next request on.';
comment on constraint identity_providers_name_key on identity_providers is E'@behavior -single\nThere is an identity provider of this name already.';
comment on constraint identity_providers_issuer_key on identity_providers is E'@behavior -single\nThere is an identity provider with this issuer and audience already.';
comment on constraint identity_providers_name_check on identity_providers is 'The name of an identity provider has 1 to 200 characters.';
comment on constraint identity_providers_issuer_check on identity_providers is 'The issuer begins with https:// and a host, without user name, query and fragment, in at most 500 ASCII characters.';
comment on constraint identity_providers_audience_check on identity_providers is 'The audience has 1 to 500 ASCII characters.';
comment on constraint identity_providers_jwks_uri_check on identity_providers is 'The address of the keys begins with https:// and a host, without user name and fragment, in at most 500 ASCII characters.';
comment on constraint identity_providers_group_claim_check on identity_providers is 'The group claim has 1 to 200 characters.';
call app_private.comment_conventions('identity_providers');

-- section: check_group_mapping
set local role app_definer;
-- In the order of the mappings each decides what the others give, so all of them are asked for.
create or replace function app_private.check_group_mapping() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.assignable_role(given.role_id)
  from (
    select new.role_id where new.role_id is not null
    union
    select m.role_id from app.group_mappings as m
    where m.organization_id = coalesce(new.organization_id, old.organization_id) and m.provider_id = coalesce(new.provider_id, old.provider_id)
  ) as given;
  return coalesce(new, old);
end
$$;
grant execute on function app_private.check_group_mapping() to app_owner;
comment on function app_private.check_group_mapping() is
  'Trigger: who changes what a provider''s groups give may give every role that they give.';

-- section: group_mappings
--                admin developer engineer auditor analyst member ci
-- group_mappings RCUD  R         R        R       -       -      -
call app_private.close_table('group_mappings');
create policy tenant on group_mappings as restrictive
  using (current_user = 'app_definer' or organization_id = (select app_private.current_org_id()));
create policy read on group_mappings for select to app_admin, app_developer, app_engineer, app_auditor
  using (organization_id = (select app_private.current_org_id()));
create policy make on group_mappings for insert to app_admin with check ((select app_private.has_permission('credentials:write')));
create policy change on group_mappings for update to app_admin
  using ((select app_private.has_permission('credentials:write'))) with check (true);
create policy remove on group_mappings for delete to app_admin using ((select app_private.has_permission('credentials:write')));
alter table group_mappings alter column organization_id set default app_private.current_org_id();
grant select on group_mappings to app_admin, app_developer, app_engineer, app_auditor;
grant insert (provider_id, group_name, role_id, position) on group_mappings to app_admin;
grant update (group_name, role_id, position, version) on group_mappings to app_admin;
grant delete on group_mappings to app_admin;
create or replace trigger _100_check before insert or update or delete on group_mappings
  for each row when (app_private.current_base_role() is not null) execute function app_private.check_group_mapping();
create or replace trigger _200_version before update on group_mappings for each row execute function app_private.raise_version();
call app_private.audit_table('group_mappings', is_platform => true);
comment on table group_mappings is 'That a group of an identity provider gives a role. Of several groups the mapping with the lowest position counts, then the oldest.';
comment on column group_mappings.organization_id is E'@behavior -*\nThe organization.';
comment on column group_mappings.provider_id is 'The identity provider.';
comment on column group_mappings.group_name is 'The group or app role, as the token has it: of Entra ID a group''s object id.';
comment on column group_mappings.role_id is 'The role that it gives, within your own permissions.';
comment on column group_mappings.position is 'Where it stands among the mappings of the provider: the lowest counts.';
comment on constraint group_mappings_group_name_key on group_mappings is E'@behavior -single\nThe group is mapped already.';
comment on constraint group_mappings_group_name_check on group_mappings is 'The name of a group has 1 to 500 characters.';
comment on constraint group_mappings_position_check on group_mappings is 'The position is from 0 to 10000.';
comment on constraint group_mappings_provider_id_fkey on group_mappings is E'@fieldName provider\n@foreignFieldName groupMappings';
call app_private.comment_conventions('group_mappings');

-- section: user_identities
--                 admin developer engineer auditor analyst member ci
-- user_identities R D   -         -        R       -       -      -    (made as people come, 90_outside_sign_in.sql)
call app_private.close_table('user_identities');
create policy tenant on user_identities as restrictive
  using (current_user = 'app_definer' or organization_id = (select app_private.current_org_id()));
create policy read on user_identities for select to app_admin, app_auditor
  using (organization_id = (select app_private.current_org_id()));
create policy remove on user_identities for delete to app_admin using ((select app_private.has_permission('credentials:write')));
grant select on user_identities to app_admin, app_auditor;
grant delete on user_identities to app_admin;
call app_private.audit_table('user_identities', personal => 'subject', ignored => 'last_seen_at,role_token_at', is_platform => true);
comment on table user_identities is 'Who a person is for an identity provider. Without it the next token is a first one again.';
comment on column user_identities.organization_id is E'@behavior -*\nThe organization.';
comment on column user_identities.provider_id is 'The identity provider.';
comment on column user_identities.subject is 'The sub of the person''s tokens.';
comment on column user_identities.user_id is 'The person.';
comment on column user_identities.role_token_at is 'When the newest token was made by whose groups the person has a role; an older one changes nothing.';
comment on column user_identities.last_seen_at is 'When a token was last used, to the minute.';
comment on constraint user_identities_subject_key on user_identities is E'@behavior -single\nThe subject is known already.';
comment on constraint user_identities_user_id_key on user_identities is E'@behavior -single\nThe person has another subject already.';
comment on constraint user_identities_subject_check on user_identities is 'The subject has 1 to 500 characters.';
comment on constraint user_identities_provider_id_fkey on user_identities is E'@fieldName provider\n@foreignFieldName userIdentities';
comment on constraint user_identities_user_id_fkey on user_identities is E'@fieldName user\n@foreignFieldName identities';
call app_private.comment_conventions('user_identities');

-- section: ci_trusts
--           admin developer engineer auditor analyst member ci
-- ci_trusts RCUD  R         R        R       -       -      -
call app_private.close_table('ci_trusts');
create policy tenant on ci_trusts as restrictive
  using (current_user = 'app_definer' or organization_id = (select app_private.current_org_id()));
create policy read on ci_trusts for select to app_admin, app_developer, app_engineer, app_auditor
  using (organization_id = (select app_private.current_org_id()));
create policy make on ci_trusts for insert to app_admin with check ((select app_private.has_permission('credentials:write')));
create policy change on ci_trusts for update to app_admin
  using ((select app_private.has_permission('credentials:write'))) with check (true);
create policy remove on ci_trusts for delete to app_admin using ((select app_private.has_permission('credentials:write')));
alter table ci_trusts alter column organization_id set default app_private.current_org_id();
grant select on ci_trusts to app_admin, app_developer, app_engineer, app_auditor;
grant insert (project_id, name, issuer, audience, jwks_uri, subject_pattern, scopes, is_enabled) on ci_trusts to app_admin;
grant update (project_id, name, issuer, audience, jwks_uri, subject_pattern, scopes, is_enabled, version) on ci_trusts to app_admin;
grant delete on ci_trusts to app_admin;
create or replace trigger _100_check before insert on ci_trusts for each row execute function app_private.check_credential('ci');
-- Anyone who may change a trust may switch it off, one whose project is gone too.
create or replace trigger _110_check before update on ci_trusts
  for each row when (new.is_enabled or (new.project_id, new.issuer, new.audience, new.jwks_uri, new.subject_pattern, new.scopes)
    is distinct from (old.project_id, old.issuer, old.audience, old.jwks_uri, old.subject_pattern, old.scopes))
  execute function app_private.check_credential('ci');
create or replace trigger _200_version before update on ci_trusts for each row execute function app_private.raise_version();
call app_private.audit_table('ci_trusts', ignored => 'subject_prefix', is_platform => true);
comment on table ci_trusts is 'Which jobs of a CI service may report for a project, by the token that the service gives them.';
comment on column ci_trusts.organization_id is E'@behavior -*\nThe organization.';
comment on column ci_trusts.project_id is 'The project.';
comment on column ci_trusts.name is 'What it is called; unique in the organization.';
comment on column ci_trusts.issuer is 'The iss of the tokens, to the letter.';
comment on column ci_trusts.audience is 'What the tokens must be meant for: one of their aud.';
comment on column ci_trusts.jwks_uri is 'Where the keys are; where the issuer''s discovery document says, if it is empty.';
comment on column ci_trusts.subject_pattern is 'Which jobs, by the sub of their tokens: "*" stands for any characters but ":", after an owner that is named whole, as in repo:acme/*:ref:refs/heads/main.';
comment on column ci_trusts.subject_prefix is E'@behavior -*\nWhat the pattern begins with.';
comment on column ci_trusts.scopes is 'The permissions of the role ci that it is narrowed to; all of them, if it is empty.';
comment on column ci_trusts.is_enabled is 'Whether the tokens are accepted; it holds from the next request on.';
comment on constraint ci_trusts_name_key on ci_trusts is E'@behavior -single\nThere is a CI trust of this name already.';
comment on constraint ci_trusts_name_check on ci_trusts is 'The name of a CI trust has 1 to 200 characters.';
comment on constraint ci_trusts_issuer_check on ci_trusts is 'The issuer begins with https:// and a host, without user name, query and fragment, in at most 500 ASCII characters.';
comment on constraint ci_trusts_audience_check on ci_trusts is 'The audience has 1 to 500 ASCII characters.';
comment on constraint ci_trusts_jwks_uri_check on ci_trusts is 'The address of the keys begins with https:// and a host, without user name and fragment, in at most 500 ASCII characters.';
comment on constraint ci_trusts_subject_pattern_check on ci_trusts is 'The subject pattern is one line of 1 to 255 characters and names an owner whole before its first "*": repo:acme/*, and neither repo:* nor repo:acme*.';
comment on constraint ci_trusts_scopes_check on ci_trusts is 'A CI trust has at most 50 scopes.';
call app_private.comment_conventions('ci_trusts');
