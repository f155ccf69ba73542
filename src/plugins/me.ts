import { access, context, lambda } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';

/** Who the caller is, as the database sees it. */
export const MePlugin = extendSchema((build) => {
  const { people, organizations, sessions, current_permissions: currentPermissions } = build.pgResources;
  if (people === undefined || organizations === undefined || sessions === undefined || currentPermissions === undefined) {
    throw new Error('The database has no sessions: run `defectxray migrate`.');
  }
  return {
    typeDefs: /* GraphQL */ `
      """Who is calling."""
      type Me {
        """The person, as the organization knows them; empty for an API key."""
        person: Person
        """The organization that the caller works in."""
        organization: Organization
        """The base role in it."""
        role: BaseRole
        """What the caller may do, within the base role."""
        permissions: [String!]!
        """The session; empty for any other credential."""
        session: Session
      }

      extend type Query {
        """Who you are; empty where nobody has signed in."""
        me: Me
      }
    `,
    objects: {
      Query: {
        plans: {
          // The permissions come from the database, which refuses a credential that has ended: nobody is told who they were.
          me: () =>
            lambda(
              [context().get('principal'), (currentPermissions as never as { execute(): never }).execute()],
              ([principal, permissions]) => (principal.organizationId === null ? null : { ...principal, permissions: permissions ?? [] }),
            ),
        },
      },
      Me: {
        plans: {
          person: ($me) => people.get({ id: access($me, ['userId']) as never }),
          organization: ($me) => organizations.get({ id: access($me, ['organizationId']) as never }),
          session: ($me) =>
            sessions.get({
              id: lambda($me, (me) => {
                const { credential } = me as Grafast.Context['principal'];
                return credential?.kind === 'session' ? credential.id : null;
              }) as never,
            }),
        },
      },
    },
  };
}, 'MePlugin');
