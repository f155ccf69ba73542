// A thread that fills projects: asks for one, makes its rows and sends them by COPY, until there is none left.
import { parentPort, workerData } from 'node:worker_threads';
import { withClient } from '../../src/database/connection.ts';
import { copyIn } from './copy-in.ts';
import { Failures, LANGUAGES } from './failures.ts';
import type { ProjectPlan } from './plan.ts';
import { projectRows, type Sealers } from './project.ts';
import { textSealer } from './sealed-text.ts';
import { TABLES } from './tables.ts';

/** What a loader needs. */
export interface LoaderData {
  readonly operatorUrl: string;
  /** What all times go up to, in milliseconds since the epoch. */
  readonly now: number;
  /** How many different failures there are in a language. */
  readonly failures: number;
  /** The data key of each organization, by its id. */
  readonly keys: ReadonlyMap<string, DataKey>;
}

export interface DataKey {
  readonly version: number;
  readonly key: Uint8Array;
}

/** What a loader says: that it wants a project, which it is then told, or null; how many rows it has loaded. */
export type LoaderMessage = { readonly kind: 'wants' } | { readonly kind: 'loaded'; readonly rows: number };

const data = workerData as LoaderData;
const port = parentPort as NonNullable<typeof parentPort>;
const failures = LANGUAGES.map((language) => new Failures(language, data.failures));

await withClient(data.operatorUrl, async (client) => {
  // Without triggers and foreign keys: rows of every state at once, which are as those would have left them.
  await client.query('set session_replication_role = replica');
  for (let plan = await nextPlan(); plan !== null; plan = await nextPlan()) {
    for (const rows of projectRows(plan, failures[plan.language] as Failures, sealersOf(plan), data.now)) {
      const count = TABLES.reduce((sum, table) => sum + rows[table].count, 0);
      for (const table of TABLES) await copyIn(client, plan.home, rows[table]);
      port.postMessage({ kind: 'loaded', rows: count } satisfies LoaderMessage);
    }
  }
});
port.close();

function nextPlan(): Promise<ProjectPlan | null> {
  const answer = new Promise<ProjectPlan | null>((resolve) => port.once('message', resolve));
  port.postMessage({ kind: 'wants' } satisfies LoaderMessage);
  return answer;
}

function sealersOf({ organizationId }: ProjectPlan): Sealers {
  const { version, key } = data.keys.get(organizationId) as DataKey;
  const sealer = (column: string) => textSealer(Buffer.from(key), version, `defects.${column}`);
  return {
    failure_details: sealer('failure_details'),
    stack_trace: sealer('stack_trace'),
    fingerprint_explanation: sealer('fingerprint_explanation'),
  };
}
