import { PgAggregatesPreset } from '@graphile/pg-aggregates';

/** By codec: what its rows may be grouped by, each with an index to serve it. */
const GROUPED: Readonly<Record<string, ReadonlySet<string>>> = {
  defects: new Set(['project_id', 'severity', 'status']),
  maskedDefects: new Set(['project_id', 'severity', 'status']),
  // What findings cost is summed up by compliance_exposures: a finding knows its framework through its assessment only.
  assessmentResults: new Set(['assessment_id', 'finding_type', 'severity']),
  maskedAssessmentResults: new Set(['assessment_id', 'finding_type', 'severity']),
};

/** Grouped counts, where an index serves them; every other aggregate is off. */
const GroupedCountsPlugin: GraphileConfig.Plugin = {
  name: 'GroupedCountsPlugin',
  description: 'Limits aggregates to counts of defects and findings by indexed columns',
  version: '1.0.0',
  schema: {
    entityBehavior: {
      pgResource: {
        inferred: {
          after: ['inferred'],
          provides: ['groupedCounts'],
          callback(behavior, resource) {
            const off = ['-aggregate', '-aggregates', '-resource:groupedAggregates', '-resource:groupedAggregates:having'];
            const on = [
              '-resource:groupedAggregates:having',
              '-aggregate',
              '-aggregates',
              'distinctCount:resource:aggregates',
              'resource:aggregates',
              ...OTHER_SPECS,
            ];
            return [behavior, ...(resource.codec.name in GROUPED && resource.parameters === undefined ? on : off)] as (typeof behavior)[];
          },
        },
      },
      pgCodecAttribute: {
        inferred: {
          after: ['inferred'],
          provides: ['groupedCounts'],
          callback(behavior, [codec, attribute]) {
            const grouped = GROUPED[codec.name];
            return [
              behavior,
              ...(grouped !== undefined && attribute === 'id' ? [] : ['-attribute:aggregate']),
              ...(grouped?.has(attribute) === true ? [] : ['-attribute:groupBy']),
            ] as (typeof behavior)[];
          },
        },
      },
    },
    hooks: {
      build: {
        after: ['PgAggregatesSpecsPlugin'],
        callback(build) {
          const { pgAggregateSpecs, sql } = build as Required<typeof build>;
          for (const spec of pgAggregateSpecs) {
            // No two rows have one id, and that is all that is counted: to sort a million of them takes seconds, and an index has them
            // counted already in groups.
            if (spec.id === 'distinctCount') spec.sqlAggregateWrap = () => sql`count(*)`;
          }
          return build;
        },
      },
      GraphQLObjectType(type, _build, { scope: { isPgAggregateContainerType, isPgAggregateType } }) {
        if (isPgAggregateContainerType === true) return { ...type, description: 'Counts of the rows that have the same values.' };
        return isPgAggregateType === true ? { ...type, description: 'How many different values there are.' } : type;
      },
      GraphQLObjectType_fields_field(field, _build, { scope: { fieldName }, Self }) {
        if (fieldName !== 'keys' || !Self.name.endsWith('Aggregates')) return field;
        return { ...field, description: 'The values, in the order of `groupBy`, as they are stored: in lower case.' };
      },
    },
  },
};

const OTHER_SPECS = ['sum', 'min', 'max', 'average', 'stddevSample', 'stddevPopulation', 'varianceSample', 'variancePopulation'].map(
  (spec) => `-${spec}:resource:aggregates`,
);

/** `defects { groupedAggregates(groupBy: [SEVERITY]) { keys distinctCount { id } } }`, and nothing else of aggregates. */
export const AggregatesPreset = {
  extends: [PgAggregatesPreset],
  plugins: [GroupedCountsPlugin],
  disablePlugins: [
    // `totalCount` is there already.
    'PgAggregatesAddConnectionAggregatesPlugin',
    // They would count the rows of a relation for every row.
    'PgAggregatesOrderByAggregatesPlugin',
    'PgAggregatesFilterRelationalAggregatesPlugin',
  ],
} satisfies GraphileConfig.Preset;
