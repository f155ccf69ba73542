import { bySql, NOT_DBMATES, OUR_SCHEMA, type Rule } from './rule.ts';

const CONSTRAINT = "format('%s %I', k.conrelid::regclass, k.conname)";

/** Constraints and indexes: that they hold, and that what is looked up by them is found quickly. */
export const constraintRules: readonly Rule[] = [
  {
    name: 'foreign_key_unindexed',
    severity: 'warning',
    problem: 'is a foreign key that no index serves',
    remedy: 'Add an index that begins with its columns in a migration.',
    find: bySql(`
      select ${CONSTRAINT} from pg_constraint as k join pg_namespace as n on n.oid = k.connamespace
      where ${OUR_SCHEMA} and k.contype = 'f' and not exists (
        select from pg_index as i
        where i.indrelid = k.conrelid and i.indpred is null
          and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey and k.conkey @> (i.indkey::int2[])[0:cardinality(k.conkey) - 1])`),
  },
  {
    name: 'foreign_key_leaves_schema',
    severity: 'error',
    problem: "is a foreign key from a tenant's schema into another",
    remedy: "Drop it: a CHECK holds the organization, and the platform's table would get triggers by the thousand.",
    find: bySql(`
      select ${CONSTRAINT} from pg_constraint as k join pg_namespace as n on n.oid = k.connamespace join pg_class as target on target.oid = k.confrelid
      where ${OUR_SCHEMA} and nspname not in ('app', 'app_private') and k.contype = 'f' and target.relnamespace <> k.connamespace`),
  },
  {
    name: 'tenant_check_missing',
    severity: 'error',
    problem: "is in a tenant's schema without a CHECK that holds its rows to that organization",
    remedy: 'Begin its section in db/policies with app_private.close_tenant_table, and run "defectxray migrate".',
    find: bySql(`
      select format('%I.%I', t.name, c.relname) from app_private.tenant_schemas as t
      join pg_class as c on c.relnamespace = to_regnamespace(t.name)
      where t.organization_id is not null and c.relkind in ('r', 'p') and c.${NOT_DBMATES} and not exists (
        select from pg_constraint as k
        where k.conrelid = c.oid and k.contype = 'c' and strpos(pg_get_constraintdef(k.oid), format('organization_id = %L', t.organization_id)) > 0)`),
  },
  {
    name: 'constraint_not_validated',
    severity: 'error',
    problem: 'is a constraint that rows written before it may break',
    remedy: 'alter table … validate constraint …, with forced row-level security lifted (app_private.lift), or it sees no rows.',
    find: bySql(`
      select ${CONSTRAINT} from pg_constraint as k join pg_namespace as n on n.oid = k.connamespace where ${OUR_SCHEMA} and not k.convalidated`),
  },
  {
    name: 'index_invalid',
    severity: 'error',
    problem: 'is an index that PostgreSQL does not use, and that may hold nothing unique: its making was interrupted',
    remedy: 'reindex index concurrently …, or drop it and make it again.',
    find: bySql(`
      select i.indexrelid::regclass::text from pg_index as i join pg_class as c on c.oid = i.indrelid join pg_namespace as n on n.oid = c.relnamespace
      where ${OUR_SCHEMA} and not (i.indisvalid and i.indisready and i.indislive)`),
  },
  {
    name: 'index_without_tenant',
    severity: 'warning',
    problem: "is an index of a tenant's table that does not begin with the organization",
    remedy: 'Make the key or index begin with organization_id.',
    // Tenants' tables are those whose policy names the schema; the platform's may be looked up otherwise.
    find: bySql(`
      select i.indexrelid::regclass::text from pg_index as i join pg_class as c on c.oid = i.indrelid join pg_namespace as n on n.oid = c.relnamespace
      join pg_attribute as a on a.attrelid = c.oid and a.attname = 'organization_id'
      where ${OUR_SCHEMA} and (i.indkey::int2[])[0] <> a.attnum and exists (
        select from pg_policy as p
        where p.polrelid = c.oid and not p.polpermissive
          and strpos(pg_get_expr(p.polqual, p.polrelid), format('current_org_id(%L::text)', n.nspname)) > 0)`),
  },
];
