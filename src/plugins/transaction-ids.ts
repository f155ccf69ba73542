import { TYPES } from 'postgraphile/@dataplan/pg';
import 'graphile-build-pg';

/** Lets tables have columns of transaction ids (`xid8`), for which PostGraphile has no codec and would warn. */
export const TransactionIdsPlugin: GraphileConfig.Plugin = {
  name: 'TransactionIdsPlugin',
  description: 'Reads transaction ids as big integers',
  version: '1.0.0',
  before: ['PgCodecsPlugin'],
  gather: {
    hooks: {
      async pgCodecs_findPgCodec(_info, event) {
        if (event.pgType.typname === 'xid8' && event.pgType.getNamespace()?.nspname === 'pg_catalog') event.pgCodec ??= TYPES.bigint;
      },
    },
  },
};
