import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout } from 'node:timers';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How much V8 may set aside for new objects, of which it holds two such spaces: left alone it takes 64 MB for each. */
const NEW_SPACE_BYTES = 20 * 1_048_576;
/** How much of what is in use may be added before V8 looks for what no longer is: left alone it waits for up to four times as much. */
const GROWTH_PERCENT = 50;

/**
 * Keeps the space for new objects small, and has it at once, not in six steps during the start. V8 goes by the machine's memory:
 * a serving process that uses some 90 MB would take 500 before what is garbage is looked for.
 *
 * Called again it follows what V8 has done since; from the first collection on that is seen to.
 */
export function boundNewSpace(): void {
  fitNewSpace();
  observer ??= new PerformanceObserver(fitNewSpace);
  observer.observe({ entryTypes: ['gc'] });
}

/**
 * From now on what is no longer in use is looked for sooner: while a server starts, nearly all that is made stays. What the start
 * has left is collected a moment later, once, since the bound holds from one collection on.
 */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as NodeJS.GCFunction;
  setFlagsFromString('--no-expose-gc');
  setTimeout(() => void collect(), AFTER_START_MS).unref();
}

/** Who has waited for the server to be ready asks first. */
const AFTER_START_MS = 1_000;

let observer: PerformanceObserver | undefined;
let factor = 0;

/** Lets the space grow to its size in one step, and no further. V8 makes it smaller again where the process is idle. */
function fitNewSpace(): void {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  const next = Math.max(1, Math.floor((2 * NEW_SPACE_BYTES) / Math.max(1, space?.space_size ?? 0)));
  if (next !== factor) setFlagsFromString(`--semi-space-growth-factor=${next}`);
  factor = next;
}
