import { sideEffectWithPgClientTransaction } from 'postgraphile/@dataplan/pg';
import type { Step } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';

interface IndicatorInput {
  readonly type: string;
  readonly value: string;
  readonly level: string;
  readonly source?: string | null;
  readonly confidence: number;
  readonly firstSeenAt?: unknown;
  readonly lastSeenAt: unknown;
}

interface ImportInput {
  readonly indicators: readonly IndicatorInput[];
  readonly clientMutationId?: string | null;
}

/** The mutation by which feeds of threat indicators come in. */
export const ImportThreatIndicatorsPlugin = extendSchema((build) => {
  const { threat_indicators: threatIndicators } = build.pgResources;
  if (threatIndicators === undefined) throw new Error('The database has no threat_indicators: run `defectxray migrate`.');
  return {
    typeDefs: /* GraphQL */ `
      """Sightings of threat indicators."""
      input ImportThreatIndicatorsInput {
        """Given back as it is."""
        clientMutationId: String
        """The sightings, at most 10,000 in one import."""
        indicators: [ThreatIndicatorSighting!]!
      }

      """A sighting of a threat indicator."""
      input ThreatIndicatorSighting {
        """What kind of thing it is: ipv4-addr, domain-name, url, file:sha-256 and the like."""
        type: String!
        """The address, name or hash."""
        value: String!
        """How bad it is."""
        level: Severity! = MEDIUM
        """Who says so."""
        source: String
        """How sure that is, from 0 to 100."""
        confidence: Int! = 50
        """When it was first seen; when it was last seen, if it is not said."""
        firstSeenAt: Datetime
        """When it was last seen; not in the future."""
        lastSeenAt: Datetime!
      }

      """What became of an import."""
      type ImportThreatIndicatorsPayload {
        """What was given."""
        clientMutationId: String
        """How many indicators are new."""
        created: Int!
        """How many that were known have changed."""
        updated: Int!
        """How many sightings said nothing new."""
        unchanged: Int!
      }

      extend type Mutation {
        """
        Stores sightings of threat indicators: of each type and value the earliest first and the latest last time, and level, source and
        confidence of the newest sighting. All are stored or none; the same again changes nothing, whatever the order.
        """
        importThreatIndicators(
          """The sightings."""
          input: ImportThreatIndicatorsInput!
        ): ImportThreatIndicatorsPayload
      }
    `,
    objects: {
      Mutation: {
        plans: {
          importThreatIndicators: (_root, fieldArgs) =>
            sideEffectWithPgClientTransaction(threatIndicators.executor, fieldArgs.getRaw('input') as Step, async (client, argument) => {
              const { indicators, clientMutationId } = argument as ImportInput;
              const { rows } = await client.query<{ counts: Record<string, number> }>({
                text: 'select import_threat_indicators($1::jsonb) as counts',
                values: [JSON.stringify(indicators.map(sighting))],
              });
              return { ...rows[0]?.counts, clientMutationId };
            }),
        },
      },
    },
  };
}, 'ImportThreatIndicatorsPlugin');

/** A sighting as the database takes it. */
function sighting({ firstSeenAt, lastSeenAt, ...rest }: IndicatorInput): Record<string, unknown> {
  return { ...rest, first_seen: firstSeenAt ?? null, last_seen: lastSeenAt };
}
