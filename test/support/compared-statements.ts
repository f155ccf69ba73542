import { isDeepStrictEqual } from 'node:util';
import { PgSelectStep, type WithPgClient } from '@dataplan/pg';
import type { ExecutionDetails } from 'postgraphile/grafast';
import { afterAll, expect } from 'vitest';
import { remembering } from '../../src/plugins/remembered-statements.ts';

type Execute = Parameters<typeof remembering>[0];
interface Sent {
  readonly statement: Record<string, unknown>;
  readonly answer: unknown;
}

/** How many selects were run, and how many of them with a statement that had been built before. */
export interface Compared {
  readonly run: number;
  readonly remembered: number;
}

/**
 * Has every select of this file's servers built by the library as well, and compares what would have been sent, and made of the same
 * rows, with what was. Call it before a server starts.
 */
export function useComparedStatements(): Compared {
  const counts = { run: 0, remembered: 0 };
  const differences: unknown[] = [];
  const { execute } = PgSelectStep.prototype as unknown as { execute: Execute };
  let built = false;
  const remembered = remembering(function build(this: never, details) {
    built = true;
    return execute.call(this, details);
  });
  const compared: Execute = async function compare(this: never, details) {
    const { contextId } = this as { readonly contextId: number };
    const sent: Sent[] = [];
    built = false;
    const running = remembered.call(this, watched(details, contextId, sent));
    // Whether a statement is built is decided before the first wait.
    const wasBuilt = built;
    const results = await running;
    counts.run += 1;
    if (!wasBuilt) counts.remembered += 1;
    const anew: Sent[] = [];
    const expected = await execute.call(this, watched(details, contextId, anew, sent));
    // What belongs to one request only is made of functions.
    if (!isDeepStrictEqual(told(sent, results), told(anew, expected))) differences.push(told(sent, results), told(anew, expected));
    return results;
  };
  PgSelectStep.prototype.execute = Object.assign(compared, { remembers: true as const }) as never;
  afterAll(() => {
    PgSelectStep.prototype.execute = execute as never;
    expect(differences).toEqual([]);
  });
  return counts;
}

/** What is sent is noted; or, where it was sent already, answered without a database. */
function watched(details: ExecutionDetails, contextId: number, sent: Sent[], before?: readonly Sent[]): ExecutionDetails {
  const context = details.values[contextId]?.unaryValue() as { readonly withPgClient: WithPgClient };
  const withPgClient: WithPgClient = (settings, callback) =>
    context.withPgClient(settings, (client) =>
      callback({
        ...client,
        async query(statement: never) {
          const answer = before === undefined ? await client.query(statement) : before[sent.length]?.answer;
          sent.push({ statement, answer });
          return answer;
        },
      } as never),
    );
  const values = [...details.values];
  const value = { ...context, withPgClient };
  values[contextId] = { isBatch: false, at: () => value, unaryValue: () => value } as never;
  return { ...details, values };
}

function told(sent: readonly Sent[], results: unknown) {
  return { sent: sent.map(({ statement }) => ({ ...statement })), results };
}
