import { bySql, OUR_SCHEMA, type Rule } from './rule.ts';

/** What runs with the rights of its owner: functions and views. */
export const routineRules: readonly Rule[] = [
  {
    name: 'definer_path_open',
    severity: 'error',
    problem: 'is SECURITY DEFINER, and its search path is not pinned with pg_temp at the end',
    remedy: 'alter function … set search_path = pg_catalog, pg_temp.',
    find: bySql(`
      select format('%I.%I(%s)', n.nspname, f.proname, pg_get_function_identity_arguments(f.oid))
      from pg_proc as f join pg_namespace as n on n.oid = f.pronamespace
      where ${OUR_SCHEMA} and f.prosecdef
        and not exists (select from unnest(f.proconfig) as c where c ~ '^search_path=.*pg_temp"?$')`),
  },
  {
    name: 'definer_owner',
    severity: 'error',
    problem: 'is SECURITY DEFINER with the rights of another than app_definer',
    remedy: 'alter function … owner to app_definer, or make it SECURITY INVOKER.',
    // What writes the audit trail and events is the owner's, whose only right on either is to add to it; explain_access must be bound where
    // app_definer is let through by its name.
    find: bySql(`
      select format('%I.%I(%s)', n.nspname, f.proname, pg_get_function_identity_arguments(f.oid))
      from pg_proc as f join pg_namespace as n on n.oid = f.pronamespace
      where ${OUR_SCHEMA} and f.prosecdef and f.proowner <> 'app_definer'::regrole
        and f.oid not in ('app_private.audit'::regproc, 'app_private.record_events'::regproc,
          'app_private.record_state_read'::regproc)
        and not (f.oid = to_regproc('app.explain_access') and f.proowner = to_regrole('app_explainer'))`),
  },
  {
    name: 'view_owner',
    severity: 'error',
    problem: 'reads with the rights of another than its reader or app_views',
    remedy: 'alter view … set (security_invoker = true), or have it made by app_views in its section of db/policies.',
    find: bySql(`
      select format('%I.%I', n.nspname, c.relname) from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      where ${OUR_SCHEMA} and c.relkind in ('v', 'm') and c.relowner <> 'app_views'::regrole
        and coalesce(array_to_string(c.reloptions, ','), '') !~ 'security_invoker=(true|on)'`),
  },
];
