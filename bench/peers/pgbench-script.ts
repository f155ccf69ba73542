import type { SentStatement } from './captured.ts';

/** A script of pgbench, and its variables. */
export interface PgbenchScript {
  readonly text: string;
  /** Without those that are null: a variable that is not set is a null. */
  readonly variables: Readonly<Record<string, string>>;
}

// A literal, a quoted name, a parameter, in the order in which they must be looked for.
const TOKEN = /(E?)'((?:[^']|'')*)'|"(?:[^"]|"")*"|\$(\d+)/g;

/**
 * One transaction as a script of pgbench, whose statements leave in one flight and are prepared (`-M prepared`). Parameters become
 * variables; a colon within a literal, which pgbench would take for one, is written as its code, of which PostgreSQL's parser makes
 * the same literal.
 *
 * @param prefix what its variables begin with, so that several scripts can be run together.
 */
export function pgbenchScript(statements: readonly SentStatement[], prefix: string): PgbenchScript {
  const variables: Record<string, string> = {};
  const lines = statements.map(({ text, values }, n) => {
    const name = (parameter: string) => `${prefix}_${n}_${parameter}`;
    for (const [index, value] of values.entries()) {
      if (value !== null && value !== undefined && value !== '') variables[name(String(index + 1))] = textOf(value);
    }
    return `${text
      .replace(/;\s*$/, '')
      .replace(TOKEN, (token: string, escaped: string | undefined, literal: string | undefined, parameter: string | undefined) => {
        // No variable of pgbench is empty.
        if (parameter !== undefined) return values[Number(parameter) - 1] === '' ? "''" : `:${name(parameter)}`;
        if (!token.includes(':')) return token;
        if (literal === undefined || escaped === 'E') throw new Error(`pgbench would take a part of ${token} for a variable.`);
        return `U&'${literal.replaceAll('\\', '\\\\').replaceAll(':', '\\003A')}'`;
      })};`;
  });
  return { text: `\\startpipeline\n${lines.join('\n')}\n\\endpipeline\n`, variables };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  throw new Error('A parameter that is neither text nor a number cannot be given to pgbench.');
}
