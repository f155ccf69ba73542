-- Templates: canvases to begin a design with.
--
--           admin developer engineer auditor analyst member ci
-- templates RCUD  RCU       RCU      R       -       R      -

-- section: templates
call app_private.close_tenant_table('templates', 'designs:read', 'designs:write');
create policy read on templates for select to app_admin, app_developer, app_engineer, app_auditor, app_member using (true);
create policy make on templates for insert to app_admin, app_developer, app_engineer with check (true);
create policy change on templates for update to app_admin, app_developer, app_engineer using (true) with check (true);
create policy remove on templates for delete to app_admin using (true);
grant select on templates to app_admin, app_developer, app_engineer, app_auditor, app_member;
-- No grant on usage_count: count_template_uses raises it.
grant insert (name, description, category, cloud_provider, canvas, is_featured) on templates to app_admin, app_developer, app_engineer;
grant update (name, description, category, cloud_provider, canvas, is_featured, version) on templates to app_admin, app_developer, app_engineer;
grant delete on templates to app_admin;
create or replace trigger _200_version before update of name, description, category, cloud_provider, canvas, is_featured, version on templates
  for each row execute function app_private.raise_version();
call app_private.audit_table('templates', ignored => 'usage_count');
comment on table templates is 'A canvas that a design can be made from.';
comment on column templates.name is 'What it is called; unique in the organization.';
comment on column templates.description is 'What it is good for.';
comment on column templates.category is 'What kind of infrastructure it is, such as "network" or "web".';
comment on column templates.cloud_provider is 'Whose cloud it is for; empty where it is for any.';
comment on column templates.canvas is 'What is drawn, a JSON object whose form is the frontend''s.';
comment on column templates.is_featured is 'Whether it is shown before the others.';
comment on column templates.usage_count is 'How many designs were made from it.';
comment on constraint templates_name_key on templates is E'@behavior -*\nThere is a template of this name already.';
comment on constraint templates_name_check on templates is 'The name of a template has 1 to 200 characters.';
comment on constraint templates_description_check on templates is 'The description has at most 10,000 characters.';
comment on constraint templates_category_check on templates is 'The category has 1 to 100 characters.';
comment on constraint templates_canvas_check on templates is 'The canvas is a JSON object of at most 1,000,000 bytes.';
comment on constraint templates_usage_count_check on templates is 'A count is not negative.';
