import { expect, test } from 'vitest';
import { oneAhead } from '../../src/agent/one-ahead.ts';

/** Numbers from 1, each made in a moment; what becomes of them is written down. */
function counting(log: string[], failing = Number.POSITIVE_INFINITY): AsyncGenerator<number> {
  return (async function* () {
    try {
      for (let n = 1; n <= 4; n += 1) {
        log.push(`make ${n}`);
        await new Promise(setImmediate);
        if (n === failing) throw new Error(`no ${n}`);
        yield n;
      }
    } finally {
      log.push('end');
    }
  })();
}

test('the next item is made while one is used, in their order, and none beyond it', async () => {
  const log: string[] = [];
  for await (const n of oneAhead(counting(log))) {
    log.push(`use ${n}`);
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    log.push(`used ${n}`);
  }
  expect(log).toEqual([
    'make 1',
    'make 2',
    'use 1',
    'used 1',
    'make 3',
    'use 2',
    'used 2',
    'make 4',
    'use 3',
    'used 3',
    'end',
    'use 4',
    'used 4',
  ]);
});

test('what an item fails with is thrown in its turn', async () => {
  const used: number[] = [];
  const reading = (async () => {
    for await (const n of oneAhead(counting([], 3))) {
      used.push(n);
      for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
    }
  })();
  await expect(reading).rejects.toThrow('no 3');
  expect(used).toEqual([1, 2]);
});

test('who stops early ends the making, also where the next item fails', async () => {
  for (const failing of [2, Number.POSITIVE_INFINITY]) {
    const log: string[] = [];
    for await (const _ of oneAhead(counting(log, failing))) break;
    expect(log).toEqual(['make 1', 'make 2', 'end']);
  }
});
