import pg from 'pg';
import { pino } from 'pino';
import { startServer } from '../../server.ts';
import { parseConfig } from '../../src/config.ts';
import type { Principal } from '../../src/database/identity.ts';

/** What the product is asked. */
export interface Question {
  readonly principal: Principal;
  readonly query: string;
  readonly variables: Readonly<Record<string, string | null>>;
}

/** A statement as the product sent it. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Source {
  readonly apiUrl: string;
  readonly directory: string;
  token(principal: Principal): Promise<string>;
}

type Query = (this: pg.Client, ...query: unknown[]) => unknown;

/**
 * The statements that the product sends for each question, one transaction each: it is started in this process, asked twice over
 * HTTP (what it learns from the first answer is not sent again), and what its clients are given to send is written down.
 *
 * @throws Error where a question is not answered, or not in one transaction.
 */
export async function capture({ apiUrl, directory, token }: Source, questions: readonly Question[]): Promise<readonly SentStatement[][]> {
  const sent: SentStatement[] = [];
  const prototype = pg.Client.prototype as unknown as { query: Query };
  const original = prototype.query;
  prototype.query = function (this: pg.Client, ...query) {
    const [first, second] = query as [
      string | { text: string; values?: unknown[]; statements?: { text: string; values?: unknown[] }[] },
      unknown,
    ];
    // A flight is several statements.
    if (typeof first === 'object' && first.statements !== undefined) {
      sent.push(...first.statements.map(({ text, values = [] }) => ({ text, values })));
    } else if (typeof first === 'string') sent.push({ text: first, values: Array.isArray(second) ? second : [] });
    else if (typeof first.text === 'string') sent.push({ text: first.text, values: first.values ?? [] });
    return original.apply(this, query);
  };
  try {
    const config = parseConfig({ NODE_ENV: 'test', PORT: '0', DATA_DIR: directory, JOBS: 'off', RATE_LIMIT_PER_MINUTE: '1000000' });
    const server = await startServer({ ...config, DATABASE_URL: apiUrl }, pino({ level: 'silent' }));
    try {
      const captured: SentStatement[][] = [];
      for (const { principal, query, variables } of questions) {
        const authorization = `Bearer ${await token(principal)}`;
        for (const isWarm of [false, true]) {
          sent.length = 0;
          const response = await fetch(`${server.url}/graphql`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization },
            body: JSON.stringify({ query, variables }),
          });
          const { errors } = (await response.json()) as { errors?: unknown };
          if (errors !== undefined) throw new Error(`The product did not answer: ${JSON.stringify(errors)}`);
          if (isWarm) captured.push(oneTransaction(sent));
        }
      }
      return captured;
    } finally {
      await server.stop();
    }
  } finally {
    prototype.query = original;
  }
}

function oneTransaction(sent: readonly SentStatement[]): SentStatement[] {
  const [first, last] = [sent[0]?.text ?? '', sent.at(-1)?.text];
  if (!first.startsWith('begin') || last !== 'commit') {
    throw new Error(`The product did not answer in one transaction: ${sent.map(({ text }) => text.slice(0, 40)).join('; ')}`);
  }
  return [...sent];
}
