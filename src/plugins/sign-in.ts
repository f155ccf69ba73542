import { context, type FieldArgs, object, sideEffect } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';
import type { Principal, RequestOrigin } from '../database/identity.ts';

/** What the mutations of this plugin are carried out by; the server brings it. */
export interface AccountActions {
  signIn(email: string, password: string, organization: string | null, origin: RequestOrigin): Promise<object>;
  refreshSession(refreshToken: string, origin: RequestOrigin): Promise<object>;
  switchOrganization(caller: Principal, organization: string, origin: RequestOrigin): Promise<object>;
  changePassword(caller: Principal, current: string, next: string, origin: RequestOrigin): Promise<void>;
  acceptInvitation(token: string, name: string, password: string, origin: RequestOrigin): Promise<object>;
  resetPassword(token: string, password: string, origin: RequestOrigin): Promise<void>;
}

declare global {
  namespace Grafast {
    interface Context {
      accounts: AccountActions;
    }
  }
}

type Input = Readonly<Record<string, string>>;
type Action = (accounts: AccountActions, input: Input, origin: RequestOrigin, caller: Principal) => Promise<object>;

const DONE = { done: true };

/** A mutation of one action: its answer is the payload. */
function mutation(action: Action) {
  return (_root: unknown, fieldArgs: FieldArgs) =>
    sideEffect(
      object({
        input: fieldArgs.getRaw('input'),
        accounts: context().get('accounts'),
        origin: context().get('origin'),
        caller: context().get('principal'),
      }),
      ({ accounts, input, origin, caller }) => action(accounts, input as Input, origin, caller),
    );
}

/** Signing in and out of the ways that need a password or a token that was handed to a person. */
export const SignInPlugin = extendSchema(
  () => ({
    typeDefs: /* GraphQL */ `
      """What signing in gives."""
      type SignedInPayload {
        """For the Authorization header of requests ("Bearer …"), until expiresAt."""
        accessToken: String!
        """When the access token ends: refresh the session before."""
        expiresAt: Datetime!
        """Exchanged for new tokens by refreshSession, once. Keep it where scripts of others cannot read it."""
        refreshToken: String!
        """The session."""
        sessionId: UUID!
        """When the session ends, however often it is refreshed."""
        sessionExpiresAt: Datetime!
        """The slug of the organization that was signed in to."""
        organization: String!
        """The base role in it."""
        role: BaseRole!
      }

      """That it was done."""
      type DonePayload {
        """Always true: what could not be done is an error."""
        done: Boolean!
      }

      """Who signs in."""
      input SignInInput {
        """The e-mail address."""
        email: String!
        """The password."""
        password: String!
        """The slug of the organization to sign in to; the one that was used last, if it is not said."""
        organization: String
      }

      """A session that goes on."""
      input RefreshSessionInput {
        """The refresh token of the last sign-in or refresh."""
        refreshToken: String!
      }

      """Another organization of yours."""
      input SwitchOrganizationInput {
        """Its slug."""
        organization: String!
      }

      """A new password."""
      input ChangePasswordInput {
        """The present password."""
        currentPassword: String!
        """The new one: 12 to 256 characters."""
        newPassword: String!
      }

      """An invitation that is accepted."""
      input AcceptInvitationInput {
        """The token of the invitation."""
        token: String!
        """Your name; an account that exists keeps its own."""
        name: String!
        """The password that you choose, 12 to 256 characters; the account's, if you have one already."""
        password: String!
      }

      """A password that is set anew."""
      input ResetPasswordInput {
        """The token that the operator has issued."""
        token: String!
        """The new password: 12 to 256 characters."""
        password: String!
      }

      extend type Mutation {
        """Signs in with e-mail address and password. Sent without an Authorization header."""
        signIn("""Who signs in.""" input: SignInInput!): SignedInPayload
        """Exchanges a refresh token for new tokens. A token that was exchanged before ends the session. Sent without an Authorization header."""
        refreshSession("""The session.""" input: RefreshSessionInput!): SignedInPayload
        """Signs in to another organization of yours; the present session goes on beside it."""
        switchOrganization("""The organization.""" input: SwitchOrganizationInput!): SignedInPayload
        """Changes your own password and ends your other sessions."""
        changePassword("""The passwords.""" input: ChangePasswordInput!): DonePayload
        """Makes you a member of the organization that invited you, and signs you in. Sent without an Authorization header."""
        acceptInvitation("""The invitation.""" input: AcceptInvitationInput!): SignedInPayload
        """Sets a password by a token that the operator has issued, and ends every session. Sent without an Authorization header."""
        resetPassword("""The token and the password.""" input: ResetPasswordInput!): DonePayload
      }
    `,
    objects: {
      Mutation: {
        plans: {
          signIn: mutation((accounts, { email, password, organization }, origin) =>
            accounts.signIn(email as string, password as string, organization ?? null, origin),
          ),
          refreshSession: mutation((accounts, { refreshToken }, origin) => accounts.refreshSession(refreshToken as string, origin)),
          switchOrganization: mutation((accounts, { organization }, origin, caller) =>
            accounts.switchOrganization(caller, organization as string, origin),
          ),
          changePassword: mutation(async (accounts, { currentPassword, newPassword }, origin, caller) => {
            await accounts.changePassword(caller, currentPassword as string, newPassword as string, origin);
            return DONE;
          }),
          acceptInvitation: mutation((accounts, { token, name, password }, origin) =>
            accounts.acceptInvitation(token as string, name as string, password as string, origin),
          ),
          resetPassword: mutation(async (accounts, { token, password }, origin) => {
            await accounts.resetPassword(token as string, password as string, origin);
            return DONE;
          }),
        },
      },
    },
  }),
  'SignInPlugin',
);
