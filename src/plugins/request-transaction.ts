import type pg from 'pg';
import type { ExecutionResult } from 'postgraphile/graphql';
import { getOperationAST } from 'postgraphile/graphql';
import { ANONYMOUS, identityStatement, type Principal, type RequestOrigin } from '../database/identity.ts';
import type { KeyEnvelopes } from '../database/key-envelopes.ts';
import { RequestTransaction } from '../database/request-transaction.ts';
import { asGraphQLError } from './errors.ts';

declare global {
  namespace Grafast {
    interface Context {
      principal: Principal;
      origin: RequestOrigin;
    }
  }
}

/** What the transactions of requests are made from. */
export interface TransactionSources {
  readonly pool: pg.Pool;
  readonly keys: KeyEnvelopes;
  readonly statementTimeoutMs: number;
  readonly ingestTimeoutMs: number;
}

/** serialization_failure and deadlock_detected: nothing was committed, so the plan may be run again. */
const RETRIED = new Set(['40001', '40P01']);
const ATTEMPTS = 3;

/**
 * Gives each request one transaction, with the identity of its `principal`: all of a query sees one snapshot, and a
 * mutation is committed whole or not at all (an error anywhere in it rolls it back and leaves no data).
 */
export function requestTransactionPlugin(sources: TransactionSources): GraphileConfig.Plugin {
  return {
    name: 'RequestTransactionPlugin',
    description: 'Runs each request in one database transaction under its own identity',
    version: '1.0.0',
    grafast: {
      middleware: {
        async execute(next, { args }) {
          const operation = getOperationAST(args.document, args.operationName);
          const context = args.contextValue as Grafast.Context;
          for (let attempt = 1; ; attempt += 1) {
            const transaction = new RequestTransaction({
              pool: sources.pool,
              kind: operation?.operation === 'mutation' ? 'mutation' : 'query',
              identity: () => identityOf(sources, context.principal, context.origin, operation?.operation === 'mutation'),
            });
            context.withPgClient = transaction.withPgClient;
            const result = await finish(transaction, operation?.operation === 'mutation', async () => (await next()) as ExecutionResult);
            if (attempt === ATTEMPTS || !result.errors?.some((error) => RETRIED.has(sqlState(error.originalError)))) return result;
          }
        },
      },
    },
  };
}

async function identityOf(sources: TransactionSources, principal: Principal, origin: RequestOrigin, isMutation: boolean) {
  const caller = principal ?? ANONYMOUS;
  const keys = caller.organizationId === null ? '' : await sources.keys.of(caller.organizationId);
  return identityStatement(caller, origin, keys, isMutation ? sources.ingestTimeoutMs : sources.statementTimeoutMs);
}

async function finish(transaction: RequestTransaction, isMutation: boolean, run: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
  let result: ExecutionResult;
  try {
    result = await run();
  } catch (error) {
    await transaction.end(false).catch(() => undefined);
    throw error;
  }
  const failed = result.errors !== undefined && result.errors.length > 0;
  try {
    await transaction.end(!(isMutation && failed));
  } catch (error) {
    if (!isMutation) throw error;
    return { data: null, errors: [asGraphQLError(error)] };
  }
  if (transaction.identityError !== undefined) return { errors: [asGraphQLError(transaction.identityError)] };
  return isMutation && failed ? { ...result, data: null } : result;
}

function sqlState(error: unknown): string {
  return (error as { code?: string } | undefined)?.code ?? '';
}
