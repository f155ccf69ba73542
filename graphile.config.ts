import { PgSimplifyInflectionPreset } from '@graphile/simplify-inflection';
import type pg from 'pg';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter';
import { pgService } from './src/database/pg-service.ts';
import { NamingPlugin } from './src/plugins/naming.ts';
import { PageSizePlugin } from './src/plugins/page-size.ts';
import { ReportTestRunPlugin } from './src/plugins/report-test-run.ts';
import { TenantColumnsPlugin } from './src/plugins/tenant-columns.ts';
import { VocabularyEnumsPlugin } from './src/plugins/vocabulary-enums.ts';
import 'graphile-build';
import 'graphile-build-pg';

/** The GraphQL schema: what PostGraphile makes of schema `app`, shaped by the plugins in src/plugins. */
export function schemaPreset(pool: pg.Pool) {
  return {
    extends: [PostGraphileAmberPreset, PgSimplifyInflectionPreset, PostGraphileConnectionFilterPreset],
    plugins: [TenantColumnsPlugin, VocabularyEnumsPlugin, NamingPlugin, PageSizePlugin, ReportTestRunPlugin],
    disablePlugins: [
      // Each request opens a transaction of its own and brings the client for it (RequestTransactionPlugin).
      'PgContextPlugin',
      // Relay 1's `query` field within Query multiplies whatever is asked for.
      'QueryQueryPlugin',
      // `project(id:)` and `node(nodeId:)` are enough.
      'NodeAccessorPlugin',
    ],
    pgServices: [pgService(pool)],
    gather: {
      // Tables are found by the search path of the request: a tenant's own schema, then app.
      pgIdentifiers: 'unqualified',
    },
    schema: {
      defaultBehavior:
        '-resource:connection:backwards -nodeId:insert -nodeId:update -nodeId:delete -nodeId:filterBy -nodeId:base -update:resource:nodeId -delete:resource:nodeId',
      pgForbidSetofFunctionsToReturnNull: true,
      connectionFilterAllowNullInput: false,
      connectionFilterAllowEmptyObjectInput: false,
    },
  } satisfies GraphileConfig.Preset;
}
