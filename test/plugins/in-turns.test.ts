import { expect, test } from 'vitest';
import { inTurns } from '../../src/plugins/in-turns.ts';
import { watchEventLoop } from '../support/event-loop.ts';

/** Works for so many milliseconds of this thread's time. */
function work(milliseconds: number): void {
  const began = process.threadCpuUsage();
  for (let spent = 0; spent < milliseconds; ) {
    const { user, system } = process.threadCpuUsage(began);
    spent = (user + system) / 1_000;
  }
}

const items = (count: number) => Array.from({ length: count }, (_, n) => n);

test('what is made is in the order of the items, for each of several at once', async () => {
  const all = await Promise.all(items(5).map((n) => inTurns(items(n * 10), (item, index) => [n, item, index])));
  expect(all).toEqual(items(5).map((n) => items(n * 10).map((item) => [n, item, item])));
});

test('however many are at work, others have their turn after 10 ms and an item more', async () => {
  const end = watchEventLoop();
  await Promise.all(items(10).map(() => inTurns(items(50), () => work(1))));
  expect(end()).toBeLessThan(40);
});

test('an item that fails fails for who asked, at once, and for nobody else', async () => {
  const made: number[] = [];
  const failing = inTurns(items(10), (item) => {
    if (item === 3) throw new Error('no 3');
    made.push(item);
  });
  const other = inTurns(items(2), (item) => item);
  await expect(failing).rejects.toThrow('no 3');
  expect(made).toEqual([0, 1, 2]);
  expect(await other).toEqual([0, 1]);
});
