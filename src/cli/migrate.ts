import type { Config } from '../config.ts';
import { migrate } from '../database/migrate.ts';
import { operatorUrl } from './orgs.ts';
import { CommandError, type Output, progressBar } from './output.ts';

/** Brings the database and every tenant schema up to date; exit code 1 if any of them failed. */
export async function migrateCommand(config: Config, output: Output): Promise<void> {
  const bar = progressBar(output, 'Schemas');
  let done = 0;
  const results = await migrate(operatorUrl(config), (_result, total) => bar((done += 1), total));
  const failed = results.filter(({ error }) => error !== null);
  for (const { schema, error } of failed) output.progress(`${schema} stays at its old version: ${error}`);
  output.result(`${results.length - failed.length} of ${results.length} schemas are current.`, { schemas: results });
  if (failed.length > 0)
    throw new CommandError(
      `${failed.length} of ${results.length} schemas failed; the others are current. Run it again when the reason is gone.`,
    );
}
