import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));

function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (error, stdout, stderr) => resolve({ code: Number(error?.code ?? 0), stdout, stderr }));
  });
}

test('the command says what it can do', async () => {
  const { code, stdout } = await bench('--help');
  expect(code).toBe(0);
  for (const name of ['--quick', '--only', '--strict', '--json', 'steady', 'growth', 'data', 'peer', 'report'])
    expect(stdout).toContain(name);
});

test.each([
  [['--only', 'w9'], 'There is no part "w9": choose from clients, throughput,'],
  [['steady', '--minutes', '2'], 'It must be a whole number from 3 to 1440.'],
  [['growth', '--sizes', '100000,few'], 'It must be a whole number from 1000 to 100000000.'],
  [['growth', '--sizes', '100000,1000000'], 'The largest must be 100 times the smallest, or more.'],
])('%j is refused in a sentence', async (args, sentence) => {
  const { code, stdout, stderr } = await bench('--json', ...args);
  expect([code, stdout]).toEqual([1, '']);
  expect(JSON.parse(stderr).error).toContain(sentence);
});
