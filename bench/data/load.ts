import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { LoaderData, LoaderMessage } from './loader.ts';
import type { ProjectPlan } from './plan.ts';
import type { Progress } from './progress.ts';

/** While one waits for the database another makes rows. */
const LOADERS = Math.max(2, availableParallelism());

/** Fills the projects, in threads that take one after the other. */
export async function loadProjects(data: LoaderData, plans: readonly ProjectPlan[], progress: Progress): Promise<void> {
  const waiting = [...plans];
  await Promise.all(
    Array.from({ length: Math.min(LOADERS, plans.length) }, async () => {
      const loader = new Worker(new URL('loader.ts', import.meta.url), { workerData: data });
      loader.on('message', (message: LoaderMessage) => {
        if (message.kind === 'loaded') progress.add(message.rows);
        else loader.postMessage(waiting.shift() ?? null);
      });
      const [code] = (await once(loader, 'exit')) as [number];
      if (code !== 0) throw new Error('A loader has ended before its work was done.');
    }),
  );
}
