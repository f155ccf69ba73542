import type { PgClient } from '@dataplan/pg';
import { loadOneWithPgClient } from 'postgraphile/@dataplan/pg';
import { object } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';
import { badUserInput } from './errors.ts';
import { type ExplainableType, explainableTypes, type RowReference, referenceOf } from './explainable-types.ts';

interface ExplainArguments {
  readonly nodeId?: string | null;
  readonly type?: string | null;
  readonly id?: string | null;
  readonly operation: string;
  readonly role?: string | null;
  readonly userId?: string | null;
  readonly projectId?: string | null;
}

/** An explanation as the database gives it, in its own names of columns. */
interface Explained {
  readonly grants: readonly { readonly operation: string; readonly columns: readonly string[] | null }[];
  readonly policies: readonly Record<string, unknown>[];
  readonly masked: readonly { readonly column: string; readonly mode: string; readonly rule: string }[];
  readonly [field: string]: unknown;
}

/** The query by which one learns why a role may do something with a row, or may not. */
export const ExplainAccessPlugin = extendSchema((build) => {
  const { organizations } = build.pgResources;
  if (organizations === undefined) throw new Error('The database has no organizations: run `defectxray migrate`.');
  return {
    typeDefs: /* GraphQL */ `
      """What may be done with a row."""
      enum AccessOperation {
        """Read it."""
        SELECT
        """Create one like it."""
        INSERT
        """Change it: that it can be read is part of that."""
        UPDATE
        """Delete it: that it can be read is part of that."""
        DELETE
      }

      """By what an operation is refused."""
      enum AccessRefusal {
        """The role has no grant for it."""
        NO_GRANT
        """No policy lets this row pass for the role."""
        NO_POLICY
        """A restriction, which nothing can widen, refuses this row."""
        RESTRICTIVE_POLICY
      }

      """What a role is granted on rows of a kind."""
      enum AccessScope {
        """Every field."""
        TABLE
        """The fields named, and no others."""
        COLUMNS
        """Nothing."""
        NONE
      }

      """Why a sensitive field is shown as it is."""
      enum MaskingRule {
        """The organization has said so."""
        ORGANIZATION
        """The organization has said nothing: as it is for everyone with the role."""
        DEFAULT
        """It is the person's own."""
        OWN
      }

      """Why a role may do something with a row, or may not. Nothing of what stands in the row is told."""
      type AccessExplanation {
        """The type of the row."""
        type: String!
        """What is to be done with it."""
        operation: AccessOperation!
        """The role in force."""
        role: BaseRole!
        """What the role is called: a built-in one by its base role, one of the organization's own as it was named."""
        roleName: String!
        """The person in whose name it is asked; empty for none."""
        userId: UUID
        """The one project that it is bound to; empty for none."""
        projectId: UUID
        """Whether it is allowed."""
        allowed: Boolean!
        """By what it is refused; empty where it is allowed."""
        refusal: AccessRefusal
        """What would have to change; empty where it is allowed."""
        advice: String
        """What the role is granted, for each operation that is needed."""
        grants: [AccessGrant!]!
        """Each policy that decides, with its verdict. At least one that is permissive must pass, and all that are not."""
        policies: [AccessPolicy!]!
        """How each sensitive field of the row is shown to the role."""
        maskedFields: [MaskedField!]!
      }

      """What a role is granted."""
      type AccessGrant {
        """The operation."""
        operation: AccessOperation!
        """How far it goes."""
        scope: AccessScope!
        """The fields, where it does not go for all; those that no client can name are left out."""
        fields: [String!]
      }

      """A policy and its verdict on the row."""
      type AccessPolicy {
        """The operation that it decides on."""
        operation: AccessOperation!
        """What it is called."""
        name: String!
        """Whether it allows, as one of several may; otherwise it restricts, and must pass."""
        permissive: Boolean!
        """Whether the row passes."""
        passes: Boolean!
        """What it asks, in a sentence."""
        rule: String!
        """What a row must fulfil to be read, changed or deleted, as the database has it; told to admins and auditors only."""
        condition: String
        """What a row must fulfil once it is written, as the database has it; told to admins and auditors only."""
        check: String
      }

      """How a sensitive field is shown."""
      type MaskedField {
        """The field."""
        field: String!
        """How it is shown."""
        mode: MaskingMode!
        """Why."""
        rule: MaskingRule!
      }

      extend type Query {
        """
        Says why a role may do something with a row of your organization, or may not. Everyone may ask for themselves;
        admins and auditors for any role, member or project. Name the row by nodeId, or by type and id.
        """
        explainAccess(
          """The row, by its globally unique identifier."""
          nodeId: ID
          """The type of the row, such as Defect."""
          type: String
          """The row's id."""
          id: UUID
          """What is to be done with it."""
          operation: AccessOperation!
          """The role to ask for; yours, or that of userId, if it is not said."""
          role: BaseRole
          """The member to ask for; their own rows may be open to them where others' are not."""
          userId: UUID
          """The project that a credential is bound to, to ask for such a one."""
          projectId: UUID
        ): AccessExplanation!
      }
    `,
    enums: {
      AccessOperation: { values: { SELECT: 'select', INSERT: 'insert', UPDATE: 'update', DELETE: 'delete' } },
      AccessRefusal: { values: { NO_GRANT: 'no_grant', NO_POLICY: 'no_policy', RESTRICTIVE_POLICY: 'restrictive_policy' } },
      AccessScope: { values: { TABLE: 'table', COLUMNS: 'columns', NONE: 'none' } },
      MaskingRule: { values: { ORGANIZATION: 'organization', DEFAULT: 'default', OWN: 'own' } },
    },
    objects: {
      Query: {
        plans: {
          explainAccess(_root, fieldArgs) {
            const types = explainableTypes(build);
            const $asked = object({
              nodeId: fieldArgs.getRaw('nodeId'),
              type: fieldArgs.getRaw('type'),
              id: fieldArgs.getRaw('id'),
              operation: fieldArgs.getRaw('operation'),
              role: fieldArgs.getRaw('role'),
              userId: fieldArgs.getRaw('userId'),
              projectId: fieldArgs.getRaw('projectId'),
            });
            return loadOneWithPgClient(organizations.executor, $asked, (client, lookups) =>
              lookups.map((asked) => explain(client, types, asked as unknown as ExplainArguments)),
            );
          },
        },
      },
    },
  };
}, 'ExplainAccessPlugin');

async function explain(client: PgClient, types: ReadonlyMap<string, ExplainableType>, asked: ExplainArguments) {
  const reference = namedRow(types, asked);
  const type = types.get(reference?.type ?? '');
  const { rows } = await client.query<{ explained: Explained }>({
    text: 'select explain_access($1, $2, $3, $4, $5, $6) as explained',
    // A type that there is not is answered like a row that there is not.
    values: [
      type?.table ?? null,
      JSON.stringify(reference?.key ?? {}),
      asked.operation,
      asked.role ?? null,
      asked.userId ?? null,
      asked.projectId ?? null,
    ],
  });
  const { grants, masked, ...explained } = (rows[0] as { explained: Explained }).explained;
  const fieldsOf = (columns: readonly string[]) => columns.flatMap((column) => type?.fields.get(column) ?? []);
  return {
    ...explained,
    type: reference?.type,
    grants: grants.map(({ columns, ...grant }) => ({ ...grant, fields: columns === null ? null : fieldsOf(columns) })),
    maskedFields: masked.flatMap(({ column, ...rest }) => fieldsOf([column]).map((field) => ({ ...rest, field }))),
  };
}

/** The row that is asked about; null for an identifier that is none. */
function namedRow(types: ReadonlyMap<string, ExplainableType>, { nodeId, type, id }: ExplainArguments): RowReference | null {
  if (nodeId != null && type == null && id == null) return referenceOf(types, nodeId);
  if (nodeId == null && type != null && id != null) return { type, key: { id } };
  throw badUserInput('Name the row either by nodeId, or by type and id.', nodeId == null ? ['type', 'id'] : ['nodeId', 'type', 'id']);
}
