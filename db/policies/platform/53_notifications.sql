-- Who is told what: set-based triggers, one insert a statement. A table's own section, which drops the table's triggers when it is
-- applied again, says
--
--   call app_private.notify_people('<table>', '<column>', '<kind>', '<title>', …)
--
-- Nobody is told of what they did themselves. Without an identity (the operator's own changes) no people are seen, so nobody is told.

-- section: notify_person
set local role app_definer;
-- Arguments: the column that names the person, the kind, the title, the type of the target, the column that names the target, and
-- the column whose text is the body (empty for none).
create or replace function app_private.notify_person() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  execute format(
    'insert into %1$I.notifications (organization_id, user_id, kind, title, body, target_type, target_id)
     select n.organization_id, p.id, $1, $2, %4$s, $3, n.%3$I
     from new_rows as n %5$s
     join %1$I.people as p on p.organization_id = n.organization_id and p.id = n.%2$I and p.removed_at is null
     where n.%2$I is distinct from $4 %6$s
     order by n.id',
    tg_table_schema, tg_argv[0], tg_argv[4], case tg_argv[5] when '' then quote_literal('') else format('left(n.%I, 2000)', tg_argv[5]) end,
    case tg_op when 'UPDATE' then 'join old_rows as o on o.organization_id = n.organization_id and o.id = n.id' end,
    case tg_op when 'UPDATE' then format('and n.%1$I is distinct from o.%1$I', tg_argv[0]) end)
  using tg_argv[1], tg_argv[2], tg_argv[3], app_private.current_user_id();
  return null;
end
$$;
grant execute on function app_private.notify_person() to app_owner;
comment on function app_private.notify_person() is 'Statement-level trigger: one notification for each person whom a column names anew, but for who named them.';

-- section: notify_status
set local role app_definer;
-- Arguments: the columns that name the people, separated by commas; the kind; the beginning of the title; the type of the target.
create or replace function app_private.notify_status() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  execute format(
    'insert into %1$I.notifications (organization_id, user_id, kind, title, body, target_type, target_id)
     select n.organization_id, p.id, $1, $2 || replace(n.status, ''_'', '' ''), n.title, $3, n.id
     from new_rows as n
     join old_rows as o on o.organization_id = n.organization_id and o.id = n.id
     join %1$I.people as p on p.organization_id = n.organization_id and p.id in (%2$s) and p.removed_at is null
     where n.status <> o.status and p.id is distinct from $4
     order by n.id, p.id',
    tg_table_schema, (select string_agg(format('n.%I', c), ', ') from string_to_table(tg_argv[0], ',') as c))
  using tg_argv[1], tg_argv[2], tg_argv[3], app_private.current_user_id();
  return null;
end
$$;
grant execute on function app_private.notify_status() to app_owner;
comment on function app_private.notify_status() is
  'Statement-level trigger: one notification for each person of each row whose status has changed, but for who changed it.';

-- section: notify_people
-- by_functions: whether what a definer function writes (a reported test run) is looked at too.
create or replace procedure app_private.notify_people(target text, person_column text, kind text, title text, target_type text,
  target_column text default 'id', body_column text default '', by_functions boolean default true)
  language plpgsql
as $$
declare
  event text;
  transition text;
begin
  for event, transition in values ('insert', 'new table as new_rows'), ('update', 'old table as old_rows new table as new_rows') loop
    execute format('create or replace trigger _920_notify_%1$s after %1$s on %2$s referencing %3$s for each statement %4$s
      execute function app_private.notify_person(%5$L, %6$L, %7$L, %8$L, %9$L, %10$L)', event, target, transition,
      case when not by_functions then 'when (current_user <> ''app_definer'')' end, person_column, kind, title, target_type, target_column, body_column);
  end loop;
end
$$;
comment on procedure app_private.notify_people(text, text, text, text, text, text, text, boolean) is
  'Has whom a column of a table names told of it.';
