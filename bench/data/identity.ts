import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url).pathname;

/** What everything generated follows from. */
export const SEED = 'defectxray';

/** What decides of the rows; the rest of this directory only brings them to their place. */
const GENERATOR =
  'bench/data/{defect-story,failures,identity,operations,organizations,plan,project,random,sealed-text,sizes,tables,vocabulary}.ts';

/** The name of a data set: its size, and a digest of its seed, of the migrations and of what generates it. */
export function nameOf(defects: number): string {
  const digest = createHash('sha256').update(SEED);
  for (const file of globSync(['db/migrations/**/*.sql', GENERATOR], { cwd: ROOT }).sort()) {
    digest.update(file).update(readFileSync(`${ROOT}${file}`));
  }
  return `${defects}-${digest.digest('hex').slice(0, 12)}`;
}
