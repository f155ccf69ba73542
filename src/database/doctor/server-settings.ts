import { bySql, type Rule } from './rule.ts';

/**
 * Where a setting is not as it must be: on the server (as this session has it), or for a role or a database (`alter role …
 * set`). A setting that this server does not know is of a module that is not loaded. `row_security` is taken as the session
 * began with it, since nothing could be looked at where it is off.
 */
function wrongSettings(names: readonly string[], right: string): Rule['find'] {
  const list = names.map((name) => `'${name}'`).join(', ');
  return bySql(`
    select format('%s = %s%s', s.name, s.setting, s.place) from (
      select name, case name when 'row_security' then reset_val else setting end, '' as place from pg_settings
      union all
      select split_part(c, '=', 1), substring(c from strpos(c, '=') + 1),
        concat(' for role ' || nullif(d.setrole, 0)::regrole, ' in database ' || (select datname from pg_database where oid = d.setdatabase))
      from pg_db_role_setting as d cross join unnest(d.setconfig) as c
      where d.setdatabase in (0, (select oid from pg_database where datname = current_database()))
    ) as s (name, setting, place)
    where s.name in (${list}) and s.setting <> '${right}'`);
}

/** What PostgreSQL itself is set to. */
export const serverRules: readonly Rule[] = [
  {
    name: 'parameters_logged',
    severity: 'error',
    problem: 'writes the values that clients send into the log of the server',
    remedy: 'Set it to 0 for the whole server.',
    find: wrongSettings(['log_parameter_max_length', 'log_parameter_max_length_on_error', 'auto_explain.log_parameter_max_length'], '0'),
  },
  {
    name: 'errors_logged_in_full',
    severity: 'error',
    problem: 'writes the rows that a constraint refuses into the log of the server',
    remedy: 'Set log_error_verbosity to terse for the whole server.',
    find: wrongSettings(['log_error_verbosity'], 'terse'),
  },
  {
    name: 'passwords_hashed_weakly',
    severity: 'error',
    problem: 'keeps new passwords as MD5 hashes',
    remedy: 'Set password_encryption to scram-sha-256 for the whole server, and set the passwords again.',
    find: wrongSettings(['password_encryption'], 'scram-sha-256'),
  },
  {
    name: 'row_security_off',
    severity: 'error',
    problem: 'makes every query that row-level security would narrow fail',
    remedy: 'Set row_security to on.',
    find: wrongSettings(['row_security'], 'on'),
  },
  {
    name: 'pgcrypto_elsewhere',
    severity: 'error',
    problem: 'is where the extension pgcrypto is, not in app_private: encryption fails, and every login may call it',
    remedy: 'alter extension pgcrypto set schema app_private.',
    find: bySql(`
      select coalesce((
        select n.nspname from pg_extension as e join pg_namespace as n on n.oid = e.extnamespace where e.extname = 'pgcrypto'), 'nowhere')
      except select 'app_private'`),
  },
];
