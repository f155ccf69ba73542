import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { ExecutionResult, OperationDefinitionNode } from 'postgraphile/graphql';
import { getOperationAST, Kind } from 'postgraphile/graphql';
import { ANONYMOUS, identityStatement, type Principal, type RequestOrigin } from '../database/identity.ts';
import type { KeyEnvelopes } from '../database/key-envelopes.ts';
import { EarlierPartFailed, RequestTransaction } from '../database/request-transaction.ts';
import { asGraphQLError } from './errors.ts';
import { sendsOneStatement } from './planned-statements.ts';

declare global {
  namespace Grafast {
    interface Context {
      principal: Principal;
      origin: RequestOrigin;
      /** What `withPgClient` is of. */
      transaction: RequestTransaction;
      /** Has a function called should the client go before it has its answer. */
      onAbandoned?: (abandon: () => void) => void;
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
const ATTEMPTS = 6;

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
        establishOperationPlan(next, { context }) {
          const plan = next();
          if (sendsOneStatement(plan)) (context as Grafast.Context).transaction?.expectOne();
          return plan;
        },
        async execute(next, { args }) {
          const operation = getOperationAST(args.document, args.operationName);
          const isMutation = operation?.operation === 'mutation';
          const context = args.contextValue as Grafast.Context;
          const statementTimeoutMs = reports(operation) ? sources.ingestTimeoutMs : sources.statementTimeoutMs;
          // Of all attempts together. With as much again for the rest, one field that takes too long fails alone.
          const deadline = performance.now() + 2 * statementTimeoutMs;
          context.onAbandoned?.(() => context.transaction.abandon());
          for (let attempt = 1; ; attempt += 1) {
            const transaction = new RequestTransaction({
              pool: sources.pool,
              kind: isMutation ? 'mutation' : 'query',
              statementTimeoutMs,
              deadline,
              organizationId: context.principal?.organizationId ?? null,
              role: context.principal?.role ?? ANONYMOUS.role,
              identity: (timeoutMs) => identityOf(sources.keys, context.principal, context.origin, timeoutMs),
            });
            context.transaction = transaction;
            context.withPgClient = transaction.withPgClient;
            const result = await finish(transaction, isMutation, async () => (await next()) as ExecutionResult);
            if (attempt === ATTEMPTS || !result.errors?.some((error) => RETRIED.has(sqlState(error.originalError)))) return result;
            // At different times, or those who met would meet again.
            await delay(attempt * 20 * (1 + Math.random()));
          }
        },
      },
    },
  };
}

/** Whether an operation stores a report, which may take longer than what a person waits for. */
function reports(operation: OperationDefinitionNode | null | undefined): boolean {
  return operation?.selectionSet.selections.some((field) => field.kind === Kind.FIELD && field.name.value === 'reportTestRun') ?? false;
}

async function identityOf(keyEnvelopes: KeyEnvelopes, principal: Principal, origin: RequestOrigin, timeoutMs: number) {
  const caller = principal ?? ANONYMOUS;
  const keys = caller.organizationId === null ? '' : await keyEnvelopes.of(caller.organizationId);
  return identityStatement(caller, origin, keys, timeoutMs);
}

async function finish(transaction: RequestTransaction, isMutation: boolean, run: () => Promise<ExecutionResult>): Promise<ExecutionResult> {
  let result: ExecutionResult;
  try {
    result = await run();
  } catch (error) {
    await transaction.end(false).catch(() => undefined);
    return { errors: [asGraphQLError(error)] };
  }
  const failed = result.errors !== undefined && result.errors.length > 0;
  try {
    await transaction.end(!(isMutation && failed));
  } catch (error) {
    // A query has nothing to commit: what it read was read in one snapshot. What failed in a mutation says why better.
    if (isMutation && !failed) return { data: null, errors: [asGraphQLError(error)] };
  }
  if (transaction.identityError !== undefined) return { errors: [asGraphQLError(transaction.identityError)] };
  return isMutation && failed ? { ...result, data: null, errors: causes(result) } : result;
}

/** The errors of a failed mutation, without those that only say that another came before. */
function causes({ errors = [] }: ExecutionResult) {
  const own = errors.filter((error) => !(error.originalError instanceof EarlierPartFailed));
  return own.length > 0 ? own : errors;
}

function sqlState(error: unknown): string {
  return (error as { code?: string } | undefined)?.code ?? '';
}
