import { sideEffectWithPgClientTransaction } from 'postgraphile/@dataplan/pg';
import { access, context, object, type Step } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';

interface CreateInput {
  readonly clientMutationId?: string | null;
  readonly name: string;
  readonly url: string;
  readonly eventKinds: readonly string[];
  readonly isEnabled?: boolean | null;
}

interface IdInput {
  readonly clientMutationId?: string | null;
  readonly id: string;
}

/**
 * The mutations around webhooks that a row's own do not cover: those that hand out a secret, this once, and sending something
 * again. The functions give the id, and the row is read by it: what a function gives PostgreSQL could not tell, in a tenant's
 * schema, whose it is.
 */
export const WebhooksPlugin = extendSchema((build) => {
  const { webhooks, webhook_deliveries: deliveries } = build.pgResources;
  if (webhooks === undefined || deliveries === undefined) throw new Error('The database has no webhooks: run `defectxray migrate`.');
  const webhookOf = ($payload: Step) => webhooks.get({ id: access($payload, ['id']) as never });
  return {
    typeDefs: /* GraphQL */ `
      """What is told to whom."""
      input CreateWebhookInput {
        """Given back as it is."""
        clientMutationId: String
        """What it is called; unique in the organization."""
        name: String!
        """Where it is sent: https, to a public address."""
        url: String!
        """What it is told of: DEFECT_REPORTED, DEPLOYMENT_CHANGED or DESIGN_CHANGED."""
        eventKinds: [EventKind!]!
        """Whether it is sent anything; so it is, if it is not said."""
        isEnabled: Boolean
      }

      """A webhook that was made."""
      type CreateWebhookPayload {
        """What was given."""
        clientMutationId: String
        """What it is signed with, shown this once: the receiver verifies by it that a request is from here."""
        secret: String!
        """The webhook."""
        webhook: Webhook
      }

      """Whose secret is to be another."""
      input RotateWebhookSecretInput {
        """Given back as it is."""
        clientMutationId: String
        """The webhook."""
        id: UUID!
      }

      """The answer to a secret that is another."""
      type RotateWebhookSecretPayload {
        """What was given."""
        clientMutationId: String
        """What it is signed with from now on, shown this once; for 24 hours it is signed with the one before as well."""
        secret: String!
        """The webhook."""
        webhook: Webhook
      }

      """What is to be sent again."""
      input ReplayWebhookDeliveryInput {
        """Given back as it is."""
        clientMutationId: String
        """The delivery: delivered, or dead."""
        id: UUID!
      }

      """The answer to a delivery that is sent again."""
      type ReplayWebhookDeliveryPayload {
        """What was given."""
        clientMutationId: String
        """The delivery as it is now: pending."""
        webhookDelivery: WebhookDelivery
      }

      extend type Mutation {
        """Has an address told what happens."""
        createWebhook("""What is told to whom.""" input: CreateWebhookInput!): CreateWebhookPayload
        """Gives a webhook another secret. The one before holds for 24 hours more, so that the receiver can change over."""
        rotateWebhookSecret("""Whose.""" input: RotateWebhookSecretInput!): RotateWebhookSecretPayload
        """Has a delivery that has ended sent again, under the same id."""
        replayWebhookDelivery("""Which.""" input: ReplayWebhookDeliveryInput!): ReplayWebhookDeliveryPayload
      }
    `,
    objects: {
      Mutation: {
        plans: {
          createWebhook(_root, fieldArgs) {
            const $with = object({ input: fieldArgs.getRaw('input'), newSecret: context().get('newSecret') });
            return sideEffectWithPgClientTransaction(webhooks.executor, $with, async (client, { input, newSecret }) => {
              const { name, url, eventKinds, isEnabled, clientMutationId } = input as CreateInput;
              const { secret } = newSecret('webhook');
              const { rows } = await client.query<{ id: string }>({
                text: 'select create_webhook($1, $2, $3, $4, $5) as id',
                values: [name, url, eventKinds.map((kind) => kind.toLowerCase()), isEnabled, secret],
              });
              return { id: rows[0]?.id, secret, clientMutationId };
            });
          },
          rotateWebhookSecret(_root, fieldArgs) {
            const $with = object({ input: fieldArgs.getRaw('input'), newSecret: context().get('newSecret') });
            return sideEffectWithPgClientTransaction(webhooks.executor, $with, async (client, { input, newSecret }) => {
              const { id, clientMutationId } = input as IdInput;
              const { secret } = newSecret('webhook');
              const { rows } = await client.query<{ id: string }>({
                text: 'select rotate_webhook_secret($1, $2) as id',
                values: [id, secret],
              });
              return { id: rows[0]?.id, secret, clientMutationId };
            });
          },
          replayWebhookDelivery(_root, fieldArgs) {
            return sideEffectWithPgClientTransaction(deliveries.executor, fieldArgs.getRaw('input') as Step, async (client, input) => {
              const { id, clientMutationId } = input as IdInput;
              const { rows } = await client.query<{ id: string }>({ text: 'select replay_webhook_delivery($1) as id', values: [id] });
              return { id: rows[0]?.id, clientMutationId };
            });
          },
        },
      },
      CreateWebhookPayload: { plans: { webhook: ($payload) => webhookOf($payload as Step) } },
      RotateWebhookSecretPayload: { plans: { webhook: ($payload) => webhookOf($payload as Step) } },
      ReplayWebhookDeliveryPayload: {
        plans: { webhookDelivery: ($payload) => deliveries.get({ id: access($payload as Step, ['id']) as never }) },
      },
    },
  };
}, 'WebhooksPlugin');
