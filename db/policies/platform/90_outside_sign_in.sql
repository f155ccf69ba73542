-- How a token of an outside issuer becomes a caller. The API (src/auth/outside-callers.ts) asks whose it may be, verifies it
-- against their keys, and says here what it says. Nothing is remembered between requests.

-- section: outside_candidates
set local role app_definer;
-- Nothing of the token is verified yet. Of trusts only those come whose pattern begins as the subject does: one CI service signs
-- for everyone. A thousand and no more: who has that many has to be named.
create or replace function app_private.outside_candidates(issuer text, audiences text[], subject text, organization text)
  returns table (kind text, id uuid, organization_id uuid, audience text, jwks_uri text, group_claim text, is_known boolean,
    subject_pattern text, project_id uuid, scopes text[])
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    with asked as not materialized (
      select o.id from app.organizations as o
      where (organization is null or o.slug = organization or o.id::text = lower(organization)) and o.deleted_at is null and o.provisioning_state = 'ready'
    )
    select 'provider', p.id, p.organization_id, p.audience, p.jwks_uri, p.group_claim, exists (
        select from app.user_identities as i
        where i.organization_id = p.organization_id and i.provider_id = p.id and i.subject = outside_candidates.subject
      ), null::text, null::uuid, null::text[]
    from app.identity_providers as p join asked on asked.id = p.organization_id
    where p.issuer = outside_candidates.issuer and p.audience = any (audiences) and p.is_enabled
    union all
    select 'trust', t.id, t.organization_id, t.audience, t.jwks_uri, null, false, t.subject_pattern, t.project_id, t.scopes
    from app.ci_trusts as t join asked on asked.id = t.organization_id
    where t.issuer = outside_candidates.issuer and t.audience = any (audiences) and t.is_enabled
      and t.subject_prefix = any (array(select left(subject, n) from generate_series(1, least(length(subject), 255)) as n))
    limit 1000;
  end;
grant execute on function app_private.outside_candidates(text, text[], text, text) to app_user;
comment on function app_private.outside_candidates(text, text[], text, text) is
  'The identity providers and CI trusts whose token it may be, of every organization or of the one named by slug or id; is_known says whether a provider knows the subject.';

-- section: mapped_role
set local role app_definer;
create or replace function app_private.mapped_role(provider uuid, groups text[], groups_are_missing boolean) returns uuid
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  mapped uuid := (
    select m.role_id from app.group_mappings as m
    where m.organization_id = app_private.current_org_id() and m.provider_id = provider and m.group_name = any (groups)
    order by m.position, m.id limit 1);
begin
  if mapped is null and exists (
    select from app.group_mappings as m where m.organization_id = app_private.current_org_id() and m.provider_id = provider
  ) then
    raise exception using errcode = 'DX401', message = case when groups_are_missing
      then 'The identity provider left the groups out of the token, since there are too many: have it send only the groups that are assigned to the application, or app roles.'
      else 'No group of the token is mapped to a role: an administrator of the organization has to map one.' end;
  end if;
  return mapped;
end
$$;
comment on function app_private.mapped_role(uuid, text[], boolean) is
  'The role that the groups of a token give; null where the provider maps none, an error (DX401) where it maps others.';

-- section: member_by_email
set local role app_definer;
-- An address leads to an account only within the organization whose provider vouches for it, and once.
create or replace function app_private.member_by_email(provider uuid, email text) returns uuid
  language sql stable
  set search_path = pg_catalog, pg_temp
  begin atomic
    select u.id
    from app.users as u join app.organization_members as m on m.user_id = u.id
    where u.email_digest = app_private.email_digest(member_by_email.email) and u.is_active and u.deleted_at is null
      and m.organization_id = app_private.current_org_id() and m.removed_at is null
      and not exists (
        select from app.user_identities as i
        where i.organization_id = m.organization_id and i.provider_id = provider and i.user_id = u.id);
  end;
comment on function app_private.member_by_email(uuid, text) is
  'The active member of the organization with an e-mail address, whom the provider does not know under another subject.';

-- section: identify_person
set local role app_definer;
create or replace function app_private.identify_person(
  provider uuid, subject text, email text, email_is_verified boolean, name text, creates_users boolean, mapped uuid
) returns uuid
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  member uuid;
begin
  -- One first token at a time: of many at once the first makes the person.
  perform from app.identity_providers as p where p.organization_id = app_private.current_org_id() and p.id = provider for no key update;
  select i.user_id into member from app.user_identities as i
  where i.organization_id = app_private.current_org_id() and i.provider_id = provider and i.subject = identify_person.subject;
  if member is not null then
    return member;
  end if;

  if email is not null and email_is_verified is true then
    member := app_private.member_by_email(provider, email);
  end if;
  if member is null then
    if not creates_users then
      raise exception using errcode = 'DX401',
        message = 'The person of the token is no member of the organization, by an e-mail address that the token says is verified: an administrator has to invite them.';
    end if;
    if mapped is null then
      raise exception using errcode = 'DX401',
        message = 'The identity provider may make users, but maps no group to a role: an administrator of the organization has to map one.';
    end if;
    -- Without a digest: an address that only the organization's own provider vouches for is nobody's claim to it.
    insert into app.users (email, name) values (identify_person.email, identify_person.name) returning id into member;
    perform app_private.enroll(member, identify_person.name, identify_person.email, mapped);
  end if;
  insert into app.user_identities (organization_id, provider_id, subject, user_id)
  values (app_private.current_org_id(), provider, identify_person.subject, member);
  return member;
end
$$;
comment on function app_private.identify_person(uuid, text, text, boolean, text, boolean, uuid) is
  'Who comes with a first token of a provider: the member with its verified e-mail address, or a new user; an error (DX401) where it is neither.';

-- section: follow_groups
set local role app_definer;
create or replace function app_private.follow_groups(provider uuid, member uuid, mapped uuid, issued_at timestamptz) returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  organization uuid := app_private.current_org_id();
  newest timestamptz;
  role_name text;
begin
  -- Two tokens at once are taken one after the other.
  select i.role_token_at into newest from app.user_identities as i
  where i.organization_id = organization and i.provider_id = provider and i.user_id = member
  for no key update;
  if newest > issued_at then
    return;
  end if;
  if not exists (select from app.organization_members as m where m.organization_id = organization and m.user_id = member and m.role_id = mapped) then
    if app_private.is_last_administrator(member, mapped) then
      raise exception using errcode = 'DX401',
        message = 'By the groups of the token nobody would be an administrator with every right any more: make another first.';
    end if;
    update app.organization_members as m set role_id = mapped
    where m.organization_id = organization and m.user_id = member and m.removed_at is null;
    select r.name into role_name from app.roles as r where r.id = mapped;
    execute format('update %I.people set role_name = $1 where organization_id = $2 and id = $3', app_private.believed_setting('app.home'))
    using role_name, organization, member;
  end if;
  update app.user_identities as i set role_token_at = issued_at
  where i.organization_id = organization and i.provider_id = provider and i.user_id = member and i.role_token_at is distinct from issued_at;
end
$$;
comment on function app_private.follow_groups(uuid, uuid, uuid, timestamptz) is
  'Gives a member the role of the token''s groups, unless a newer token has given one; the last administrator stays one (DX401).';

-- section: sign_in_by_provider
set local role app_definer;
create or replace function app_private.sign_in_by_provider(
  organization uuid, provider uuid, subject text, issued_at timestamptz, groups text[], groups_are_missing boolean, email text,
  email_is_verified boolean, name text, request_id text, ip_address text, user_agent text, keys text
)
  returns table (user_id uuid, base_role text)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  found record;
  known record;
  member uuid;
  mapped uuid;
begin
  select p.creates_users, app_private.home_schema(o.slug, o.isolation) as home, o.primary_region as region into found
  from app.identity_providers as p join app.organizations as o on o.id = p.organization_id
  where p.organization_id = organization and p.id = provider and p.is_enabled and o.deleted_at is null and o.provisioning_state = 'ready';
  if found.home is null then
    raise exception using errcode = 'DX401', message = 'The identity provider of the token is not accepted any more.';
  end if;
  if not app_private.schema_is_current(found.home) then
    raise exception using errcode = 'DX503', message = 'The organization is being upgraded; try again in a moment.';
  end if;
  perform app_private.set_identity(organization::text, '', '', '', '', found.home, found.region, '', 'provider:' || provider,
    request_id, ip_address, user_agent, keys);
  mapped := app_private.mapped_role(provider, groups, groups_are_missing);
  select i.user_id, i.role_token_at, i.last_seen_at into known from app.user_identities as i
  where i.organization_id = sign_in_by_provider.organization and i.provider_id = provider and i.subject = sign_in_by_provider.subject;
  member := coalesce(known.user_id,
    app_private.identify_person(provider, subject, email, email_is_verified, name, found.creates_users, mapped));

  if not exists (
    select from app.organization_members as m join app.users as u on u.id = m.user_id
    where m.organization_id = organization and m.user_id = member and m.removed_at is null and u.is_active and u.deleted_at is null
  ) then
    raise exception using errcode = 'DX401', message = 'The person of the token is no active member of the organization any more.';
  end if;
  if mapped is not null and (known.role_token_at is distinct from issued_at or not exists (
    select from app.organization_members as m where m.organization_id = organization and m.user_id = member and m.role_id = mapped
  )) then
    perform app_private.follow_groups(provider, member, mapped, issued_at);
  end if;
  -- Once a minute at most, and never waiting for another that writes it.
  if known.last_seen_at < now() - interval '1 minute' then
    update app.user_identities as i set last_seen_at = now()
    where i.organization_id = organization and i.id = (
      select l.id from app.user_identities as l
      where l.organization_id = organization and l.provider_id = provider and l.user_id = member
      for no key update skip locked);
  end if;
  return query
    select m.user_id, r.base_role::text from app.organization_members as m join app.roles as r on r.id = m.role_id
    where m.organization_id = organization and m.user_id = member and m.removed_at is null;
end
$$;
grant execute on function app_private.sign_in_by_provider(uuid, uuid, text, timestamptz, text[], boolean, text, boolean, text, text, text, text, text) to app_user;
comment on function app_private.sign_in_by_provider(uuid, uuid, text, timestamptz, text[], boolean, text, boolean, text, text, text, text, text) is
  'Who a verified token of an identity provider is, in the role that its groups give; changes are audited as the provider''s. DX401 where it is nobody, DX503 where the organization''s schema is behind.';
