const TENANT_COLUMN = 'organization_id';

/**
 * Shapes the GraphQL schema as one tenant sees it: keys, foreign keys and indexes begin with `organization_id` in the
 * database, and row-level security fixes its value for the whole request, so for GraphQL the rest of each key is the key.
 * `primary key (organization_id, id)` reads `(id)`, and relations, arguments and names follow from that.
 *
 * The column itself is hidden by the smart tag that `close_tenant_table` puts on it.
 */
export const TenantColumnsPlugin: GraphileConfig.Plugin = {
  name: 'TenantColumnsPlugin',
  description: 'Leaves organization_id out of keys, foreign keys and indexes',
  version: '1.0.0',
  // Who reads keys and indexes, constraints of smart tags included, must find them shortened.
  before: ['smart-tags', 'PgFakeConstraintsPlugin'],
  gather: {
    hooks: {
      // PostGraphile parses the introspection anew for each gather.
      pgIntrospection_introspection(_info, { introspection }) {
        const tenantColumn = new Map<string, number>();
        for (const attribute of introspection.attributes) {
          if (attribute.attname === TENANT_COLUMN) tenantColumn.set(attribute.attrelid, attribute.attnum);
        }
        for (const constraint of introspection.constraints) {
          const position = leading(constraint.conkey, tenantColumn.get(constraint.conrelid ?? ''));
          if (position === null) continue;
          constraint.conkey = constraint.conkey?.slice(1) ?? null;
          if (constraint.contype === 'f') constraint.confkey = constraint.confkey?.slice(1) ?? null;
        }
        for (const index of introspection.indexes) {
          const keys = index.indkey;
          if (leading(keys, tenantColumn.get(index.indrelid)) === null) continue;
          index.indkey = keys.slice(1);
        }
      },
    },
  },
};

/** 0 where the tenant's column is the first of several; else null. */
function leading(columns: readonly number[] | null, tenantColumn: number | undefined): 0 | null {
  return tenantColumn !== undefined && columns !== null && columns.length > 1 && Number(columns[0]) === tenantColumn ? 0 : null;
}
