-- Who sees which designs, who may comment on them and who may change them.
--
-- A developer, an engineer and a member see what is visible to the organization, their own, and what is shared with them for as
-- long as the share lasts. Changed is a design by its creator, by whom it is shared with to edit, and by admins: what the whole
-- organization sees is not the whole organization's to change. A share gives nobody more than their role may: members only read.
-- A deleted design is there for admins alone.
--
-- What hangs on a design is bound by these functions in its policies, as design_id = any ((select visible_design_ids())::uuid[]).
-- They ask for no permission: each table asks for its own (close_tenant_table).

-- section: shared_design_ids
set local role app_definer;
create or replace function shared_design_ids(permissions text[]) returns uuid[]
  language sql stable security definer
  set search_path from current
  begin atomic
    select array_agg(s.design_id)
    from design_shares as s
    where s.shared_with = app_private.current_user_id() and s.permission = any (shared_design_ids.permissions)
      and (s.expires_at is null or s.expires_at > now());
  end;
grant execute on function shared_design_ids(text[]) to app_developer, app_engineer, app_member;
comment on function shared_design_ids(text[]) is E'@behavior -*\nThe designs that are shared with the caller by one of these permissions, as long as the share lasts.';

-- section: visible_design_ids
set local role app_definer;
create or replace function visible_design_ids() returns uuid[]
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  case app_private.current_base_role()
    when 'admin' then
      return (select array_agg(d.id) from designs as d);
    when 'auditor' then
      return (select array_agg(d.id) from designs as d where d.deleted_at is null);
    when 'developer', 'engineer', 'member' then
      return (
        select array_agg(d.id)
        from designs as d
        where d.deleted_at is null
          and (d.visibility = 'organization' or d.creator_id = (select app_private.current_user_id())
            or d.id = any ((select shared_design_ids('{view,comment,edit}'))::uuid[])));
    when 'ci' then
      return (select array_agg(d.id) from designs as d where d.deleted_at is null and d.project_id = any ((select current_project_ids())::uuid[]));
    else
      return null;
  end case;
end
$$;
grant execute on function visible_design_ids() to app_admin, app_developer, app_engineer, app_auditor, app_member, app_ci;
comment on function visible_design_ids() is
  E'@behavior -*\nThe designs that the caller may see, null for none: of admins the deleted ones too; of CI those of its projects.';

-- section: commentable_design_ids
set local role app_definer;
create or replace function commentable_design_ids() returns uuid[]
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  case app_private.current_base_role()
    when 'admin' then
      return (select array_agg(d.id) from designs as d);
    when 'developer', 'engineer' then
      return (
        select array_agg(d.id)
        from designs as d
        where d.deleted_at is null
          and (d.visibility = 'organization' or d.creator_id = (select app_private.current_user_id())
            or d.id = any ((select shared_design_ids('{comment,edit}'))::uuid[])));
    else
      return null;
  end case;
end
$$;
grant execute on function commentable_design_ids() to app_admin, app_developer, app_engineer;
comment on function commentable_design_ids() is
  E'@behavior -*\nThe designs that the caller may comment on, null for none: what they made, what is shared with them to comment on or to edit, and what the whole organization sees. Of admins all.';

-- section: editable_design_ids
set local role app_definer;
create or replace function editable_design_ids() returns uuid[]
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  case app_private.current_base_role()
    when 'admin' then
      return (select array_agg(d.id) from designs as d);
    when 'developer', 'engineer' then
      return (
        select array_agg(d.id)
        from designs as d
        where d.deleted_at is null
          and (d.creator_id = (select app_private.current_user_id()) or d.id = any ((select shared_design_ids('{edit}'))::uuid[])));
    else
      return null;
  end case;
end
$$;
grant execute on function editable_design_ids() to app_admin, app_developer, app_engineer;
comment on function editable_design_ids() is
  E'@behavior -*\nThe designs that the caller may change, null for none: what they made and what is shared with them to edit. Of admins all; of CI none, which changes no design.';

-- section: own_design_ids
set local role app_definer;
create or replace function own_design_ids() returns uuid[]
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  return case app_private.current_base_role()
    when 'admin' then (select array_agg(d.id) from designs as d)
    else (select array_agg(d.id) from designs as d where d.deleted_at is null and d.creator_id = (select app_private.current_user_id()))
  end;
end
$$;
grant execute on function own_design_ids() to app_admin, app_developer, app_engineer;
comment on function own_design_ids() is E'@behavior -*\nThe designs that are the caller''s to share, null for none: those they made. Of admins all.';
