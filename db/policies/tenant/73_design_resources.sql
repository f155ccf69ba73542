-- What a design consists of.
--
--           admin developer           engineer            auditor             analyst member   ci
-- resources RCUD  RCUD (shares bound) RCUD (shares bound) R, private ones too -       R shared R (its project's)
--
-- Who may edit a design may take something out of it, too.

-- section: resources_config
set local role app_definer;
create or replace function resources_config(resource resources) returns text
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  return app_private.reveal(resource.config, resource.organization_id, 'resources.config',
    app_private.masking_mode(resource.organization_id, 'resources', 'config', app_private.current_base_role()));
end
$$;
grant execute on function resources_config(resources) to app_admin, app_developer, app_engineer, app_auditor, app_member, app_ci;
comment on function resources_config(resources) is
  E'@behavior -filterBy -orderBy -aggregate\nHow it is configured, a JSON document as text: clear, without its secrets, or as a token, by your role.';

-- section: resources
call app_private.close_tenant_table('resources', 'designs:read', 'designs:write');
create policy read on resources for select to app_admin using (true);
create policy read_visible on resources for select to app_developer, app_engineer, app_auditor, app_member, app_ci
  using (design_id = any ((select visible_design_ids())::uuid[]));
create policy make on resources for insert to app_admin with check (true);
create policy make_editable on resources for insert to app_developer, app_engineer
  with check (design_id = any ((select editable_design_ids())::uuid[]));
create policy change on resources for update to app_admin using (true) with check (true);
create policy change_editable on resources for update to app_developer, app_engineer
  using (design_id = any ((select editable_design_ids())::uuid[])) with check (design_id = any ((select editable_design_ids())::uuid[]));
create policy remove on resources for delete to app_admin using (true);
create policy remove_editable on resources for delete to app_developer, app_engineer
  using (design_id = any ((select editable_design_ids())::uuid[]));
comment on policy read_visible on resources is 'The caller may see the design.';
comment on policy make_editable on resources is 'The caller may edit the design.';
comment on policy change_editable on resources is 'The caller may edit the design.';
comment on policy remove_editable on resources is 'The caller may edit the design.';
-- The ciphertext column is granted with the rest: the masking function takes a whole row. In GraphQL it does not exist.
grant select on resources to app_admin, app_developer, app_engineer, app_auditor, app_member, app_ci;
grant insert (design_id, name, resource_type, provider, config, position) on resources to app_admin, app_developer, app_engineer;
grant update (name, resource_type, provider, config, position, version) on resources to app_admin, app_developer, app_engineer;
grant delete on resources to app_admin, app_developer, app_engineer;
create or replace trigger _080_json before insert or update of config on resources
  for each row when (new.config is not null) execute function app_private.check_json('config', 'configuration');
create or replace trigger _100_encrypt before insert or update of config on resources
  for each row execute function app_private.encrypt_columns('config');
create or replace trigger _200_version before update on resources for each row execute function app_private.raise_version();
call app_private.audit_table('resources', sensitive => 'config', personal => 'name,resource_type,provider,position');
comment on table resources is 'Something that a design consists of: a network, a database, a bucket.';
comment on column resources.design_id is 'The design.';
comment on column resources.name is 'What it is called; with its type, unique in the design.';
comment on column resources.resource_type is 'What it is, such as "aws_s3_bucket".';
comment on column resources.provider is 'What provides it, such as "hashicorp/aws".';
comment on column resources.config is E'@behavior -* +attribute:insert +attribute:update\nHow it is configured, a JSON document as text. Stored encrypted; what you read of it depends on your role.';
comment on column resources.position is 'Where on the canvas, a JSON object whose form is the frontend''s.';
comment on constraint resources_name_key on resources is E'@behavior -*\nThe design has a resource of this type and name already.';
comment on constraint resources_name_check on resources is 'The name of a resource has 1 to 200 characters.';
comment on constraint resources_resource_type_check on resources is 'The type of a resource has 1 to 200 characters.';
comment on constraint resources_provider_check on resources is 'The provider has at most 200 characters.';
comment on constraint resources_config_check on resources is 'A sensitive value is stored encrypted.';
comment on constraint resources_position_check on resources is 'The position is a JSON object of at most 1,000 bytes.';
comment on constraint resources_design_id_fkey on resources is E'@foreignFieldName resources';
