import '../graphile-env.ts';
import pg from 'pg';
import { makeSchema } from 'postgraphile';
import { grafast } from 'postgraphile/grafast';
import type { ExecutionResult } from 'postgraphile/graphql';
import { schemaPreset } from '../../graphile.config.ts';
import type { Config } from '../config.ts';
import { asPrincipal } from '../database/as-principal.ts';
import { connectionOptions } from '../database/connection.ts';
import { databaseUrls } from '../database/development.ts';
import { localEncryptionKey } from '../database/encryption-key.ts';
import { ANONYMOUS, BASE_ROLES, type Principal } from '../database/identity.ts';
import { KeyEnvelopes } from '../database/key-envelopes.ts';
import { errorTranslator } from '../plugins/errors.ts';
import { requestTransactionPlugin } from '../plugins/request-transaction.ts';
import { type Explanation, FIELDS, picture } from './explanation.ts';
import { memberId, organizationId, projectId } from './look-up.ts';
import { CommandError, type Output } from './output.ts';

export interface ExplainOptions {
  readonly org: string;
  readonly as?: string;
  readonly user?: string;
  readonly project?: string;
  readonly type: string;
  readonly id: string;
  readonly operation: string;
}

/** The exit code of an explanation of why not. */
const REFUSED = 2;

/**
 * Says why a role may do something with a row, or may not: the answer of the API's `explainAccess` to an admin of the
 * organization.
 *
 * @throws CommandError for a question that cannot be answered.
 */
export async function explain(config: Config, output: Output, options: ExplainOptions): Promise<void> {
  if (options.as === undefined && options.user === undefined)
    throw new CommandError('Say for whom: --as <role>, --user <e-mail>, or both.');
  if (options.as !== undefined && !BASE_ROLES.some((known) => known === options.as)) {
    throw new CommandError(`There is no role "${options.as}": choose one of ${BASE_ROLES.join(', ')}.`);
  }
  const pool = new pg.Pool({ ...connectionOptions(databaseUrls(config).databaseUrl), max: 2, pipeline: true });
  // A connection that is lost is reported by the statement that needs it.
  pool.on('error', () => {});
  try {
    const keys = new KeyEnvelopes(pool, localEncryptionKey(config));
    const { admin, variables } = await question(pool, keys, options);
    const explanation = await answer(config, output, pool, keys, admin, variables);
    output.result(picture(explanation, options), explanation);
    if (!explanation.allowed) process.exitCode = REFUSED;
  } finally {
    await pool.end();
  }
}

async function question(pool: pg.Pool, keys: KeyEnvelopes, { org, as, user, project, type, id, operation }: ExplainOptions) {
  const client = await pool.connect();
  try {
    const admin: Principal = { ...ANONYMOUS, role: 'admin', organizationId: await organizationId(client, org), actor: 'explain command' };
    const asked = await asPrincipal(client, keys, admin, async () => ({
      userId: user === undefined ? null : await memberId(client, org, user, as),
      projectId: project === undefined ? null : await projectId(client, org, project),
    }));
    return { admin, variables: { ...asked, type, id, operation: operation.toUpperCase(), role: as?.toUpperCase() ?? null } };
  } finally {
    client.release();
  }
}

const QUESTION = `query ($type: String!, $id: UUID!, $operation: AccessOperation!, $role: BaseRole, $userId: UUID, $projectId: UUID) {
  explainAccess(type: $type, id: $id, operation: $operation, role: $role, userId: $userId, projectId: $projectId) ${FIELDS}
}`;

async function answer(
  config: Config,
  output: Output,
  pool: pg.Pool,
  keys: KeyEnvelopes,
  principal: Principal,
  variableValues: Record<string, unknown>,
): Promise<Explanation> {
  const transactions = { pool, keys, statementTimeoutMs: config.STATEMENT_TIMEOUT_MS, ingestTimeoutMs: config.INGEST_TIMEOUT_MS };
  const { schema, resolvedPreset } = await makeSchema({
    extends: [schemaPreset(pool)],
    plugins: [requestTransactionPlugin(transactions)],
  });
  const { data, errors } = (await grafast({
    schema,
    resolvedPreset,
    requestContext: {},
    source: QUESTION,
    variableValues,
    contextValue: { principal, origin: { requestId: 'command', ipAddress: null, userAgent: null } },
  })) as ExecutionResult<{ explainAccess: Explanation }>;
  const error = errors?.[0];
  if (error !== undefined) {
    const translate = errorTranslator(new Map(), (_, reason) => output.progress(String(reason)));
    throw new CommandError(translate(error).message);
  }
  return (data as { explainAccess: Explanation }).explainAccess;
}
