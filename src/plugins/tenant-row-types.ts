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
      // A row that a mutation gives comes to a function of rows as a record of no type; in a tenant's schema there are two functions
      // of the name that it might be meant for.
      async pgProcedures_PgResourceOptions(_info, { resourceOptions }) {
        const { from, parameters } = resourceOptions;
        if (typeof from !== 'function' || parameters === undefined) return;
        (resourceOptions as { from: typeof from }).from = (...args) =>
          from(
            ...args.map((arg, index) => {
              const codec = parameters[index]?.codec;
              return codec?.attributes === undefined ? arg : { ...arg, placeholder: sql`(${arg.placeholder})::${codec.sqlType}` };
            }),
          );
      },
    },
  },
};
