import { setImmediate as nextTurn } from 'node:timers/promises';

/** So long others wait at most, in milliseconds, and for one item more. */
const TURN_MS = 10;

/** Who works now, and after them who came before. */
let last: Promise<unknown> = Promise.resolve();

/**
 * What `make` gives for each item, in turns of 10 ms, between which the process does what else it has to do. Whoever comes
 * meanwhile waits until these are done: many at once would each have a turn before anything else had one.
 *
 * @throws what `make` throws; no further item is made.
 */
export function inTurns<Item, Made>(items: readonly Item[], make: (item: Item, index: number) => Made): Promise<Made[]> {
  const all = last.then(async () => {
    const made: Made[] = [];
    let began = performance.now();
    for (const [index, item] of items.entries()) {
      made.push(make(item, index));
      if (performance.now() - began < TURN_MS) continue;
      await nextTurn();
      began = performance.now();
    }
    // The last turn is whole: whoever comes next has one of their own.
    await nextTurn();
    return made;
  });
  last = all.catch(() => {});
  return all;
}
