import { sideEffectWithPgClientTransaction } from 'postgraphile/@dataplan/pg';
import { access, context, object } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';

/** A secret that is handed out, and the hash that is kept of it. */
export interface OneTimeSecret {
  readonly secret: string;
  readonly hash: Buffer;
  /** How it begins, to recognise it by. */
  readonly prefix: string;
}

declare global {
  namespace Grafast {
    interface Context {
      newSecret: (kind: 'apiKey' | 'invitation' | 'webhook') => OneTimeSecret;
    }
  }
}

const DAY_MS = 86_400_000;
const DEFAULT_KEY_DAYS = 90;

interface KeyInput {
  readonly name: string;
  readonly role: string;
  readonly projectId?: string | null;
  readonly scopes?: readonly string[] | null;
  readonly expiresAt?: string | null;
}

interface InvitationInput {
  readonly email: string;
  readonly roleId: string;
  readonly days?: number | null;
}

/** Mutations whose answer holds a secret, this once: it is made by the server, and the database keeps its hash. */
export const OneTimeSecretsPlugin = extendSchema((build) => {
  const { api_keys: apiKeys, invitations } = build.pgResources;
  if (apiKeys === undefined || invitations === undefined) throw new Error('The database has no api_keys: run `defectxray migrate`.');
  return {
    typeDefs: /* GraphQL */ `
      """What a key is for."""
      input CreateApiKeyInput {
        """What it is called; unique in the organization."""
        name: String!
        """The role that it has; CI for what reports test results."""
        role: BaseRole!
        """The one project that it is for; every project, if it is not said."""
        projectId: UUID
        """The permissions of its role that it is narrowed to; all of them, if it is not said."""
        scopes: [String!]
        """When it ends by itself: within a year; in 90 days, if it is not said."""
        expiresAt: Datetime
      }

      """A key that was made."""
      type CreateApiKeyPayload {
        """The key itself, shown this once: for the Authorization header of requests ("Bearer dxk_…")."""
        key: String!
        """What is kept of it."""
        apiKey: ApiKey
      }

      """Who is invited."""
      input InviteMemberInput {
        """The e-mail address."""
        email: String!
        """What they will be."""
        roleId: UUID!
        """How many days it can be accepted; 7, if it is not said, 30 at most."""
        days: Int
      }

      """An invitation that was made."""
      type InviteMemberPayload {
        """The token for acceptInvitation, shown this once. Hand it to the person by a way that only they read."""
        token: String!
        """What is kept of it."""
        invitation: Invitation
      }

      extend type Mutation {
        """Makes an API key for a program."""
        createApiKey("""What it is for.""" input: CreateApiKeyInput!): CreateApiKeyPayload
        """Invites someone to become a member of the organization."""
        inviteMember("""Who and as what.""" input: InviteMemberInput!): InviteMemberPayload
      }
    `,
    objects: {
      Mutation: {
        plans: {
          createApiKey(_root, fieldArgs) {
            const $with = object({ input: fieldArgs.getRaw('input'), newSecret: context().get('newSecret') });
            return sideEffectWithPgClientTransaction(apiKeys.executor, $with, async (client, { input, newSecret }) => {
              const { name, role, projectId, scopes, expiresAt } = input as KeyInput;
              const made = newSecret('apiKey');
              const { rows } = await client.query<{ id: string }>({
                text: 'select create_api_key($1, $2, $3, $4, $5, $6, $7) as id',
                values: [
                  name,
                  role,
                  projectId ?? null,
                  scopes ?? [],
                  expiresAt ?? new Date(Date.now() + DEFAULT_KEY_DAYS * DAY_MS).toISOString(),
                  made.prefix,
                  made.hash,
                ],
              });
              return { key: made.secret, id: rows[0]?.id };
            });
          },
          inviteMember(_root, fieldArgs) {
            const $with = object({ input: fieldArgs.getRaw('input'), newSecret: context().get('newSecret') });
            return sideEffectWithPgClientTransaction(invitations.executor, $with, async (client, { input, newSecret }) => {
              const { email, roleId, days } = input as InvitationInput;
              const made = newSecret('invitation');
              const { rows } = await client.query<{ id: string }>({
                text: 'select invite_member($1, $2, $3, $4) as id',
                values: [email, roleId, made.hash, Math.min(Math.max(days ?? 7, 1), 30)],
              });
              return { token: made.secret, id: rows[0]?.id };
            });
          },
        },
      },
      CreateApiKeyPayload: {
        plans: {
          apiKey: ($payload) => apiKeys.get({ id: access($payload, ['id']) as never }),
        },
      },
      InviteMemberPayload: {
        plans: {
          invitation: ($payload) => invitations.get({ id: access($payload, ['id']) as never }),
        },
      },
    },
  };
}, 'OneTimeSecretsPlugin');
