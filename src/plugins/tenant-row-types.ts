import { sql } from 'pg-sql2';
import 'graphile-build-pg';

/**
 * A row that a function has given is passed on to other functions as a value of its type, which PostGraphile names with its
 * schema. A tenant's rows are of the tenant's own type of the name: the search path of the request has to find it.
 */
export const TenantRowTypesPlugin: GraphileConfig.Plugin = {
  name: 'TenantRowTypesPlugin',
  description: "Names the types of tables without their schema, so that a tenant's own are found",
  version: '1.0.0',
  gather: {
    hooks: {
      async pgCodecs_PgCodec(_info, { pgCodec, pgClass }) {
        if (pgClass?.getNamespace()?.nspname !== 'app') return;
        (pgCodec as { sqlType: unknown }).sqlType = sql.identifier(pgClass.relname);
      },
    },
  },
};
