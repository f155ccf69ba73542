import { readFileSync } from 'node:fs';
import { describeSecurity } from '../catalogue.ts';
import { newestTenantVersion } from '../expected-versions.ts';
import { policySections } from '../policies.ts';
import { bySqlOfDefiner, type Examined, type Rule } from './rule.ts';

const SNAPSHOT = new URL('../../../db/security.snapshot', import.meta.url);

/** That every schema has come as far as this version of the product, and nobody changed it by hand since. */
export const upgradeRules: readonly Rule[] = [
  {
    name: 'schema_behind',
    severity: 'error',
    problem: 'is a schema at another version than this one of the product, or it is missing: requests of its organization are refused',
    remedy: 'Run "defectxray migrate" of this version.',
    async find({ client }) {
      const { rows } = await client.query<{ name: string }>(
        'select name from app_private.tenant_schemas where version <> $1 or to_regnamespace(name) is null order by name',
        [newestTenantVersion()],
      );
      return rows.map(({ name }) => name);
    },
  },
  {
    name: 'organization_unfinished',
    severity: 'warning',
    problem: 'is an organization whose making was interrupted: nobody sees it',
    remedy: 'Run "defectxray orgs create" for it again.',
    find: bySqlOfDefiner("select slug from app.organizations where provisioning_state <> 'ready' and deleted_at is null"),
  },
  {
    name: 'policies_not_applied',
    severity: 'error',
    problem: 'is a section of db/policies that was not applied as it stands in this version',
    remedy: 'Run "defectxray migrate".',
    async find({ client }) {
      const { rows } = await client.query<{ schema: string; sections: Record<string, string> | null }>(
        `select s.schema, jsonb_object_agg(a.section, encode(a.digest, 'hex')) filter (where a.section is not null) as sections
         from (select name from app_private.tenant_schemas union all select 'app_private') as s (schema)
         left join app_private.applied_policies as a on a.schema_name = s.schema group by s.schema order by s.schema`,
      );
      const wanted = { platform: policySections('platform'), tenant: policySections('tenant') };
      return rows.flatMap(({ schema, sections }) =>
        wanted[schema === 'app_private' ? 'platform' : 'tenant']
          .filter(({ name, digest }) => sections?.[name] !== digest.toString('hex'))
          .map(({ name }) => `${schema} ${name}`),
      );
    },
  },
  {
    name: 'security_changed',
    severity: 'error',
    problem: 'is a right, policy, owner or trigger that the product has not (+), or has and is gone (-)',
    remedy:
      'Undo what was done by hand; where a section of db/policies says it, delete its row in app_private.applied_policies and migrate.',
    async find({ client }) {
      const committed = lines(readFileSync(SNAPSHOT, 'utf8'));
      return difference(lines(await describeSecurity(client, ['app', 'app_private'])), committed);
    },
  },
  {
    name: 'tenant_schema_differs',
    severity: 'error',
    problem: "is a right, policy, owner or trigger that a tenant's schema has and the shared one has not (+), or the other way round (-)",
    remedy:
      'Undo what was done by hand; where a section of db/policies says it, delete its row in app_private.applied_policies and migrate.',
    find: tenantDifferences,
  },
];

/** What stands in the catalogue about objects; roles and their members have rules of their own. */
function lines(security: string): string[] {
  return security
    .split('\n')
    .filter((line) => line !== '' && !/^(role|member) /.test(line) && !/^default privileges of (?!app_)/.test(line));
}

function difference(now: readonly string[], wanted: readonly string[]): string[] {
  const [has, should] = [new Set(now), new Set(wanted)];
  return [
    ...now.filter((line) => !should.has(line)).map((line) => `+ ${line}`),
    ...wanted.filter((line) => !has.has(line)).map((line) => `- ${line}`),
  ];
}

async function tenantDifferences({ client }: Examined): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    "select name from app_private.tenant_schemas where name <> 'app' and to_regnamespace(name) is not null order by name",
  );
  const security = lines(await describeSecurity(client, ['app', ...rows.map(({ name }) => name)]));
  const bySchema = Map.groupBy(security, (line) => line.split(/[ .]/)[1] as string);
  const own = await tenantObjects(client);
  // Schemas' own grants are compared as a line of the schema, whose second word is its whole name.
  const shared = (bySchema.get('app') ?? []).filter((line) => own.has(/^\w+ app\.(\w+)/.exec(line)?.[1] ?? ''));
  return rows.flatMap(({ name }) => {
    const here = (bySchema.get(name) ?? [])
      .filter((line) => line.split(' ')[0] !== 'schema' && !line.includes(`${name}.schema_migrations `))
      .map((line) => line.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), 'app').replaceAll('app, app, pg_temp', 'app, pg_temp'));
    return difference(here, shared).map((line) => `${name}: ${line}`);
  });
}

/** The names of what the shared schema holds for tenants: tables bound to the schema, functions pinned to it or bound to such tables, and views. */
async function tenantObjects(client: Examined['client']): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(`
    with tables as (
      select c.oid, c.relname from pg_class as c where c.relnamespace = 'app'::regnamespace and (c.relkind = 'v' or exists (
        select from pg_policy as p where p.polrelid = c.oid and strpos(pg_get_expr(p.polqual, p.polrelid), 'current_org_id(''app''::text)') > 0))
    )
    select relname as name from tables
    union all
    select f.proname from pg_proc as f
    where f.pronamespace = 'app'::regnamespace and ('search_path=app, pg_temp' = any (f.proconfig) or exists (
      select from pg_depend as d join tables on tables.oid = d.refobjid
      where d.classid = 'pg_proc'::regclass and d.objid = f.oid and d.refclassid = 'pg_class'::regclass))`);
  return new Set(rows.map(({ name }) => name));
}
