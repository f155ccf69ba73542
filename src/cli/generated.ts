import '../graphile-env.ts';
import type pg from 'pg';
import { makeSchema } from 'postgraphile';
import { lexicographicSortSchema, printSchema } from 'postgraphile/graphql';
import { schemaPreset } from '../../graphile.config.ts';
import { settings } from '../config.ts';
import { describeAccess, describeSecurity, type TableAccess } from '../database/catalogue.ts';
import { ERROR_CODES } from '../plugins/error-codes.ts';
import { AGENT, bundleAgent } from './build-agent.ts';

/** A file that is made from the code or the catalogue, and committed so that its changes are seen in review. */
export interface GeneratedFile {
  /** Relative to the project. */
  readonly path: string;
  readonly content: string;
}

const DO_NOT_EDIT = '<!-- Made by `npm run generate`; do not edit. -->';

/**
 * Every generated file.
 *
 * @param api a pool of the API's login, from which the GraphQL schema is made.
 * @param operator a connection that sees the whole catalogue, of a database that was just migrated.
 */
export async function generatedFiles(api: pg.Pool, operator: pg.Client): Promise<GeneratedFile[]> {
  const { schema } = await makeSchema(schemaPreset(api));
  return [
    { path: 'schema.graphql', content: `${printSchema(lexicographicSortSchema(schema))}\n` },
    { path: 'db/security.snapshot', content: await describeSecurity(operator, ['app', 'app_private']) },
    { path: 'docs/access.md', content: accessPage(await describeAccess(operator)) },
    { path: 'docs/configuration.md', content: configurationPage() },
    { path: 'docs/errors.md', content: errorsPage() },
    { path: AGENT, content: await bundleAgent() },
  ];
}

function accessPage(access: readonly TableAccess[]): string {
  const tables = Map.groupBy(access, ({ table }) => table);
  const lines = [
    DO_NOT_EDIT,
    '# Access',
    '',
    'What the database really grants, read from its catalogue. Every tenant table has, beside what stands here, a restrictive policy',
    "that holds its rows to the caller's organization. `no` in every column means that the role cannot name the table at all.",
    'In the conditions, `app_private.current_…()` is who calls; see [security.md](security.md).',
    '',
  ];
  for (const [table, rows] of tables) {
    lines.push(`## ${table}`, '', '| role | read | create | update | delete |', '|---|---|---|---|---|');
    for (const row of rows) {
      lines.push(`| ${row.role} | ${cell(row.read)} | ${cell(row.create)} | ${cell(row.update)} | ${cell(row.delete)} |`);
    }
    lines.push('');
  }
  return lines.join('\n');
}

function cell(verdict: string): string {
  return verdict.replaceAll('|', '\\|').replace(/(rows: )(.*)$/, '$1`$2`');
}

function configurationPage(): string {
  const rows = Object.entries(settings).map(([name, setting]) => {
    const parsed = setting.safeParse(undefined);
    const fallback = parsed.success && parsed.data !== undefined ? `\`${parsed.data}\`` : '';
    return `| \`${name}\` | ${fallback} | ${setting.description ?? ''} |`;
  });
  return [
    DO_NOT_EDIT,
    '# Configuration',
    '',
    'Environment variables. One that is set to nothing counts as not set; a bad value stops the start with one sentence that names it.',
    '',
    '| variable | default | what it is |',
    '|---|---|---|',
    ...rows,
    '',
    'The command `defectxray report` reads `DEFECTXRAY_URL` (the server), `DEFECTXRAY_TOKEN` (the credential), `DEFECTXRAY_AUDIENCE` and',
    '`DEFECTXRAY_SPOOL` instead, and what the CI system sets ([ci.md](ci.md)).',
    '',
  ].join('\n');
}

function errorsPage(): string {
  return [
    DO_NOT_EDIT,
    '# Errors',
    '',
    'Every error has an `extensions.code`; act on that, the message is for people. No SQL, no name of a table and no stack ever leaves the server.',
    '',
    '| code | what it means |',
    '|---|---|',
    ...Object.entries(ERROR_CODES).map(([code, meaning]) => `| \`${code}\` | ${meaning} |`),
    '',
  ].join('\n');
}
