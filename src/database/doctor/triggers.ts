import { bySql, NOT_DBMATES, OUR_SCHEMA, type Rule, TENANT_SCHEMA } from './rule.ts';

/** Bits of pg_trigger.tgtype. */
const [INSERT, DELETE, UPDATE, TRUNCATE] = [4, 8, 16, 32];

/** What is audited, encrypted and refused by triggers. */
export const triggerRules: readonly Rule[] = [
  {
    name: 'trigger_disabled',
    severity: 'error',
    problem: 'has a trigger that is switched off: it may be what audits, encrypts or checks',
    remedy: 'alter table … enable trigger all (and enable always trigger _100_append_only on audit_logs).',
    find: bySql(`
      select format('%I.%I %I', n.nspname, c.relname, t.tgname)
      from pg_trigger as t join pg_class as c on c.oid = t.tgrelid join pg_namespace as n on n.oid = c.relnamespace
      where ${OUR_SCHEMA} and t.tgenabled in ('D', 'R')`),
  },
  {
    name: 'audit_missing',
    severity: 'error',
    problem: 'can be changed without a trace in the audit trail',
    remedy: 'Call app_private.audit_table in its section of db/policies, and run "defectxray migrate".',
    // Counts, receipts, events, notifications and what jobs send are derived from what is audited; the trail does not audit itself.
    find: bySql(`
      select format('%I.%I', n.nspname, c.relname) from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      where ${TENANT_SCHEMA} and c.relkind in ('r', 'p') and c.${NOT_DBMATES}
        and c.relname not in ('audit_logs', 'defect_daily_stats', 'day_tallies', 'person_tallies', 'project_tallies', 'ingest_receipts', 'test_results',
          'test_flakes', 'test_flakiness', 'events', 'notifications', 'webhook_deliveries', 'webhook_attempts')
        and (
          select coalesce(bit_or(t.tgtype), 0) from pg_trigger as t
          where t.tgrelid = c.oid and t.tgfoid in ('app_private.audit'::regproc, 'app_private.record_security_event'::regproc)
        ) & ${INSERT + DELETE + UPDATE} <> ${INSERT + DELETE + UPDATE}`),
  },
  {
    name: 'truncate_allowed',
    severity: 'error',
    problem: 'is audited and can be emptied by truncate, which no trigger records',
    remedy: 'Call app_private.audit_table in its section of db/policies, and run "defectxray migrate".',
    find: bySql(`
      select format('%I.%I', n.nspname, c.relname) from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      where ${TENANT_SCHEMA} and exists (select from pg_trigger as t where t.tgrelid = c.oid and t.tgfoid = 'app_private.audit'::regproc)
        and not exists (
          select from pg_trigger as t
          where t.tgrelid = c.oid and t.tgfoid = 'app_private.refuse_change'::regproc and t.tgtype & ${TRUNCATE} <> 0)`),
  },
  {
    name: 'audit_trail_changeable',
    severity: 'error',
    problem: 'is an audit trail whose rows can be changed, deleted or truncated',
    remedy: 'Apply the section audit_logs of db/policies again: its trigger _100_append_only must be there and fire always.',
    find: bySql(`
      select format('%I.%I', n.nspname, c.relname) from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      where ${TENANT_SCHEMA} and c.relname = 'audit_logs' and c.relkind in ('r', 'p') and not exists (
        select from pg_trigger as t
        where t.tgrelid = c.oid and t.tgfoid = 'app_private.refuse_change'::regproc and t.tgenabled = 'A'
          and t.tgtype & ${DELETE + UPDATE + TRUNCATE} = ${DELETE + UPDATE + TRUNCATE})`),
  },
  {
    name: 'encryption_missing',
    severity: 'error',
    problem: 'is a sensitive column that no trigger encrypts, or that may hold clear text',
    remedy:
      'It needs both: the trigger app_private.encrypt_columns (or encrypt_state) in db/policies, and a CHECK that the text starts with dx1.',
    // Each of the two is looked for where the other is.
    find: bySql(`
      with ours as (select c.oid, format('%I.%I', n.nspname, c.relname) as name
        from pg_class as c join pg_namespace as n on n.oid = c.relnamespace where ${OUR_SCHEMA} and c.relkind in ('r', 'p')),
      checked as (select o.name, a.attname
        from ours as o join pg_constraint as k on k.conrelid = o.oid and k.contype = 'c'
        join pg_attribute as a on a.attrelid = o.oid and a.attnum = any (k.conkey)
        where pg_get_constraintdef(k.oid) ~ 'starts_with\\(.*dx1\\.'),
      encrypted as (select o.name, column_name as attname
        from ours as o join pg_trigger as t on t.tgrelid = o.oid and t.tgfoid in ('app_private.encrypt_columns'::regproc, 'app_private.encrypt_state'::regproc)
          and t.tgtype & ${INSERT + UPDATE} = ${INSERT + UPDATE}
        cross join string_to_table(encode(t.tgargs, 'escape'), '\\000') as column_name where column_name <> '')
      select coalesce(c.name, e.name) || '.' || coalesce(c.attname, e.attname)
      from checked as c full join encrypted as e on e.name = c.name and e.attname = c.attname
      where c.name is null or e.name is null`),
  },
];
