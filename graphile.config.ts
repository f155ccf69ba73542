import { PgSimplifyInflectionPreset } from '@graphile/simplify-inflection';
import type pg from 'pg';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter';
import { type IntrospectionResult, pgService } from './src/database/pg-service.ts';
import { AggregatesPreset } from './src/plugins/aggregates.ts';
import { ChangesByIdPlugin } from './src/plugins/changes-by-id.ts';
import { DefectGroupingPlugin } from './src/plugins/defect-grouping.ts';
import { DeploymentsPlugin } from './src/plugins/deployments.ts';
import { DesignVersionsPlugin } from './src/plugins/design-versions.ts';
import { ExplainAccessPlugin } from './src/plugins/explain-access.ts';
import { FunctionDescriptionsPlugin } from './src/plugins/function-descriptions.ts';
import { ImportThreatIndicatorsPlugin } from './src/plugins/import-threat-indicators.ts';
import { LibraryDescriptionsPlugin } from './src/plugins/library-descriptions.ts';
import { LiveUpdatesPlugin } from './src/plugins/live-updates.ts';
import { LookupDescriptionsPlugin } from './src/plugins/lookup-descriptions.ts';
import { MePlugin } from './src/plugins/me.ts';
import { NamingPlugin } from './src/plugins/naming.ts';
import { OneTimeSecretsPlugin } from './src/plugins/one-time-secrets.ts';
import { OrderDescriptionsPlugin } from './src/plugins/order-descriptions.ts';
import { PageSizePlugin } from './src/plugins/page-size.ts';
import { PipelineExecutionsPlugin } from './src/plugins/pipeline-executions.ts';
import { RememberedBehaviorsPlugin } from './src/plugins/remembered-behaviors.ts';
import { ReportTestRunPlugin } from './src/plugins/report-test-run.ts';
import { ResidencyPlugin } from './src/plugins/residency.ts';
import { ScalarFormsPlugin } from './src/plugins/scalar-forms.ts';
import { SignInPlugin } from './src/plugins/sign-in.ts';
import { SoftDeletionPlugin } from './src/plugins/soft-deletion.ts';
import { TenantColumnsPlugin } from './src/plugins/tenant-columns.ts';
import { TenantRowTypesPlugin } from './src/plugins/tenant-row-types.ts';
import { TransactionIdsPlugin } from './src/plugins/transaction-ids.ts';
import { UpdateNotFoundPlugin } from './src/plugins/update-not-found.ts';
import { VocabularyEnumsPlugin } from './src/plugins/vocabulary-enums.ts';
import { WebhooksPlugin } from './src/plugins/webhooks.ts';
import 'graphile-build';
import 'graphile-build-pg';

/**
 * The GraphQL schema: what PostGraphile makes of schema `app`, shaped by the plugins in src/plugins.
 *
 * @param introspection where it has been asked for already.
 */
export function schemaPreset(pool: pg.Pool, introspection?: Promise<IntrospectionResult>) {
  return {
    extends: [PostGraphileAmberPreset, PgSimplifyInflectionPreset, PostGraphileConnectionFilterPreset, AggregatesPreset],
    plugins: [
      RememberedBehaviorsPlugin,
      TenantColumnsPlugin,
      TenantRowTypesPlugin,
      TransactionIdsPlugin,
      VocabularyEnumsPlugin,
      ScalarFormsPlugin,
      NamingPlugin,
      PageSizePlugin,
      LibraryDescriptionsPlugin,
      LookupDescriptionsPlugin,
      OrderDescriptionsPlugin,
      FunctionDescriptionsPlugin,
      ChangesByIdPlugin,
      UpdateNotFoundPlugin,
      ReportTestRunPlugin,
      DefectGroupingPlugin,
      ImportThreatIndicatorsPlugin,
      ResidencyPlugin,
      DeploymentsPlugin,
      LiveUpdatesPlugin,
      PipelineExecutionsPlugin,
      DesignVersionsPlugin,
      SoftDeletionPlugin,
      ExplainAccessPlugin,
      SignInPlugin,
      MePlugin,
      OneTimeSecretsPlugin,
      WebhooksPlugin,
    ],
    disablePlugins: [
      // Each request opens a transaction of its own and brings the client for it (RequestTransactionPlugin).
      'PgContextPlugin',
      // Relay 1's `query` field within Query multiplies whatever is asked for.
      'QueryQueryPlugin',
      // What cannot be built must stop the start, not be left out of the schema.
      'SwallowErrorsPlugin',
      // `project(id:)` and `node(nodeId:)` are enough.
      'NodeAccessorPlugin',
      // Our names are ASCII, and thousands of them would be looked up letter by letter.
      'TransliterationPlugin',
    ],
    pgServices: [pgService(pool, introspection)],
    gather: {
      // Tables are found by the search path of the request: a tenant's own schema, then app.
      pgIdentifiers: 'unqualified',
    },
    schema: {
      defaultBehavior:
        '-resource:connection:backwards -nodeId:insert -nodeId:update -nodeId:filterBy -nodeId:base -nodeId:resource:update -nodeId:resource:delete -delete:resource:nodeId',
      pgForbidSetofFunctionsToReturnNull: true,
      connectionFilterAllowNullInput: false,
      connectionFilterAllowEmptyObjectInput: false,
    },
  } satisfies GraphileConfig.Preset;
}
