import { withPgClient } from 'postgraphile/@dataplan/pg';
import { access, constant, context, listen, type Step } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';
import { encodeEventCursor } from './event-cursor.ts';
import type { FollowedEvent } from './followed-event.ts';
import { FOLLOWED_KINDS, type FollowedKind } from './followed-kinds.ts';

const CURSOR = /* GraphQL */ `
  extend type Query {
    """
    Where things stand as this query sees them: subscribe with it as \`after\`, and you are told exactly what happens to what you have
    read. Empty where nobody has signed in.
    """
    eventCursor: Cursor
  }
`;

const payloadOf = ({ field }: FollowedKind) => `${field.charAt(0).toUpperCase()}${field.slice(1)}Payload`;

/** The subscriptions. What happened is brought by SubscriptionHub, one event at a time, in the context's `followed`. */
export const LiveUpdatesPlugin = extendSchema((build) => {
  const { pgResources } = build;
  const typeDefs = [
    CURSOR,
    ...FOLLOWED_KINDS.map(
      (followed) => /* GraphQL */ `
      """${followed.payload}"""
      type ${payloadOf(followed)} {
        """How far you have come: subscribe with it as \`after\`, and you are told what you have missed."""
        cursor: Cursor!
        """Identifies the event: what is told twice has the same."""
        eventId: UUID!
        """When it happened."""
        occurredAt: Datetime!
        """What it happened to, as it is now and as you may see it."""
        ${followed.target}: ${followed.type}
      }

      extend type Subscription {
        """${followed.description}"""
        ${followed.field}(
          ${
            followed.filter === null
              ? ''
              : `"""${followed.filter.description}"""
          ${followed.filter.argument}: UUID`
          }
          """The cursor of the last payload that you have: what happened since then is told first."""
          after: Cursor
        ): ${payloadOf(followed)}
      }
    `,
    ),
  ].join('\n');
  const subscriptions = Object.fromEntries(
    FOLLOWED_KINDS.map(({ field, kind }) => [
      field,
      {
        subscribePlan: () => listen(context().get('followed') as never, constant(kind) as never, ($event) => $event),
        plan: ($event: Step) => $event,
      },
    ]),
  );
  const payloads = Object.fromEntries(
    FOLLOWED_KINDS.map((followed) => {
      const resource = pgResources[followed.table];
      if (resource === undefined) throw new Error(`The database has no ${followed.table}: run \`defectxray migrate\`.`);
      return [
        payloadOf(followed),
        {
          plans: {
            eventId: ($event: Step) => access($event as Step<FollowedEvent>, 'id'),
            [followed.target]: ($event: Step) => resource.get({ id: access($event as Step<FollowedEvent>, 'targetId') as never }),
          },
        },
      ];
    }),
  );
  const { executor } = pgResources.defects as NonNullable<(typeof pgResources)[string]>;
  // Of the request's own snapshot: with what is read beside it, nothing is missed and nothing told that was read.
  const eventCursor = () =>
    withPgClient(executor, context().get('principal'), async (client, { organizationId }) => {
      if (organizationId === null) return null;
      const { rows } = await client.query<{ at: number; until: string }>({
        text: 'select (extract(epoch from now()) * 1000)::bigint::float8 as at, pg_current_snapshot()::text as until',
      });
      return encodeEventCursor({ ...(rows[0] as { at: number; until: string }), rest: null });
    });
  return { typeDefs, objects: { Query: { plans: { eventCursor } }, Subscription: { plans: subscriptions }, ...payloads } as never };
}, 'LiveUpdatesPlugin');
