import { execFile } from 'node:child_process';
import { expect, test } from 'vitest';
import { sumOf } from '../../bench/measure/steady.ts';
import { alternate } from '../../bench/measurement.ts';
import { childrenCpuSeconds, cpuSeconds, parentOf, peakMb, residentMb } from '../../bench/processes.ts';
import { median, quantile, spread } from '../../bench/statistics.ts';

test('contenders take turns, after a round that is not counted', async () => {
  const runs: string[] = [];
  const contender = (name: string) => ({
    name,
    async run(round: number) {
      runs.push(`${name}${round}`);
      return { round };
    },
  });
  const rounds = await alternate([contender('a'), contender('b')], 2, () => {});
  expect(runs).toEqual(['a-1', 'b-1', 'a0', 'b0', 'a1', 'b1']);
  expect(rounds).toEqual([
    { a: { round: 0 }, b: { round: 0 } },
    { a: { round: 1 }, b: { round: 1 } },
  ]);
  expect(await alternate([contender('a')], 1, () => {}, false)).toEqual([{ a: { round: 0 } }]);
});

test('medians, spreads and quantiles are of the values, sorted or not', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([10, 1, 3, 2])).toBe(2.5);
  expect(spread([9, 10, 1])).toEqual({ median: 9, least: 1, greatest: 10 });
  const hundred = Float64Array.from({ length: 100 }, (_, n) => n + 1);
  expect([0.5, 0.95, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([50, 95, 99, 100]);
  expect(() => median([])).toThrow();
});

test('what a process takes of the processors and of memory is read from the kernel', async () => {
  const before = cpuSeconds(process.pid);
  const began = process.cpuUsage();
  while (process.cpuUsage(began).user < 200_000);
  expect(cpuSeconds(process.pid) - before).toBeGreaterThan(0.15);
  expect(residentMb(process.pid)).toBeCloseTo(process.memoryUsage.rss() / 1_048_576, -2);
  // Read one after the other, and kept by the kernel for each thread by itself.
  expect(peakMb(process.pid)).toBeGreaterThan(residentMb(process.pid) - 5);
  expect(parentOf(process.pid)).toBe(process.ppid);
});

test('the children of a process are counted while they run and when they have ended', async () => {
  const before = childrenCpuSeconds(process.pid);
  const child = execFile(process.execPath, [
    '-e',
    'while (process.cpuUsage().user < 200_000); console.log("spent"); setTimeout(() => {}, 60_000)',
  ]);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  const running = childrenCpuSeconds(process.pid) - before;
  expect(running).toBeGreaterThan(0.15);
  child.kill();
  await new Promise((resolve) => child.once('exit', resolve));
  expect(childrenCpuSeconds(process.pid) - before).toBeGreaterThanOrEqual(running - 0.02);
});

test("a metric's values are added up, whatever its labels", () => {
  const text = '# HELP pool ...\npool{state="idle"} 3\npool{state="waiting"} 4\npool_other 9\nplain 1.5\n';
  expect(sumOf(text, 'pool')).toBe(7);
  expect(sumOf(text, 'pool{state="waiting"}')).toBe(4);
  expect(sumOf(text, 'plain')).toBe(1.5);
  expect(() => sumOf(text, 'missing')).toThrow('The server has no metric missing.');
});
