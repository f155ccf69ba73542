import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { AGENT, bundleAgent } from '../../src/cli/build-agent.ts';
import { persona } from '../support/database.ts';
import { clearAway, temporaryDirectory } from './command-line.ts';
import { useServedClone } from './served-clone.ts';

const root = new URL('../../', import.meta.url);
const fixture = fileURLToPath(new URL('test/fixtures/reports/rspec.xml', root));
const { acme } = inject('fixture');
const clone = useServedClone();
const directory = temporaryDirectory();
const agent = join(directory, 'defectxray-report.mjs');
/** This Node.js, and others whose programs AGENT_NODES names, separated by commas. */
const nodes = [process.execPath, ...(process.env.AGENT_NODES ?? '').split(',').filter((path) => path !== '')].map((path) => ({
  path,
  version: execFileSync(path, ['--version'], { encoding: 'utf8' }).trim(),
}));
let text: string;

beforeAll(async () => {
  text = await bundleAgent();
  writeFileSync(agent, text);
  mkdirSync(join(directory, 'empty', 'results', 'deep'), { recursive: true });
  copyFileSync(fixture, join(directory, 'empty', 'results', 'deep', 'rspec.xml'));
});
afterAll(() => clearAway(directory, []));

/** Runs the agent where nothing of the project is near. */
async function run(node: string, args: readonly string[], environment: Record<string, string> = {}) {
  const child = spawn(node, [agent, ...args], { cwd: join(directory, 'empty'), env: { PATH: process.env.PATH, ...environment } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

describe('the file', () => {
  test('is below 1 MB, and needs nothing but what Node.js brings', () => {
    console.info(`${AGENT}: ${Math.round(Buffer.byteLength(text) / 1_000)} kB`);
    expect(Buffer.byteLength(text)).toBeLessThan(1_000_000);
    const imported = [...text.matchAll(/^import (?:[^"'\n]* from )?["']([^"']+)["']/gm)].map(([, name]) => name?.replace(/^node:/, ''));
    const required = [...text.matchAll(/\b__require\w*\(["']([^"']+)["']\)/g)].map(([, name]) => name?.replace(/^node:/, ''));
    expect(imported.length).toBeGreaterThan(5);
    expect([...imported, ...required].filter((name) => !builtinModules.includes(name ?? ''))).toEqual([]);
  });

  test('is the same wherever it is made, and the one that is committed', () => {
    expect(text).not.toContain(fileURLToPath(root));
    expect(text).not.toMatch(/node_modules\/[a-z]/);
    expect(readFileSync(new URL(AGENT, root), 'utf8'), 'run npm run build:agent').toBe(text);
  });

  test('has the licence of everything that is in it', () => {
    const notes = text.slice(text.lastIndexOf('/*\nThis file holds parts of other works'));
    for (const name of ['commander', 'fdir', 'picomatch', 'saxes', 'tinyglobby', 'xmlchars']) {
      expect(notes).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((?:MIT|ISC)\\)$`, 'm'));
    }
    expect(notes.match(/WITHOUT WARRANTY OF ANY KIND|DISCLAIMS ALL WARRANTIES/g)?.length).toBeGreaterThanOrEqual(6);
  });
});

describe.each(nodes)('on Node.js $version', ({ path, version }) => {
  test('it reports to a server, from a directory of nobody', async () => {
    const environment = { DEFECTXRAY_URL: clone.url, DEFECTXRAY_TOKEN: await clone.token(persona(acme, 'developer')) };
    const { code, stdout, stderr } = await run(
      path,
      ['results/**/*.xml', '--project', 'shop', '--run-key', version, '--json'],
      environment,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ files: 1, results: 11, passed: 4, failed: 5, skipped: 2, problems: [] });
    const again = await run(path, ['results/**/*.xml', '--project', 'shop', '--run-key', version], environment);
    expect(again.stdout).toContain('(reported before: nothing has changed)');
  });

  test('it has the version of the project, and says what is wrong with the command line', async () => {
    const { version: own } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
    expect((await run(path, ['--version'])).stdout).toBe(`${own}\n`);
    const wrong = await run(path, ['results/a.xml', '--json']);
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.stderr)).toEqual({ error: expect.stringContaining('--project') });
  });

  test('what comes first is a command, and no file is taken for one', async () => {
    const { stdout, stderr } = await run(path, ['--project', 'web', '--', 'deploy', '--help']);
    expect([stdout, stderr]).toEqual(['Nothing was reported.\n', 'No file matches deploy.\nNo file matches --help.\n']);
    expect((await run(path, ['--json', 'deploy', 'finish', '--help'])).stdout).toContain('Usage: defectxray-report deploy finish');
  });

  test('its memory does not grow with the report', { timeout: 120_000 }, async () => {
    const stack = '    at f (/srv/app/src/cart.js:1:1)\n'.repeat(1_700);
    const failing = (n: number) => `<testcase name="large ${n}"><failure type="E${n % 50}" message="m">${stack}</failure></testcase>\n`;
    writeFileSync(
      join(directory, 'empty', 'large.xml'),
      `<testsuite name="s">${Array.from({ length: 400 }, (_, n) => failing(n)).join('')}</testsuite>`,
    );
    const tell = "process.on('exit', () => console.error('maxRSS', process.resourceUsage().maxRSS))";
    const environment = {
      DEFECTXRAY_URL: clone.url,
      DEFECTXRAY_TOKEN: await clone.token(persona(acme, 'developer')),
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tell)}`,
    };
    const { stdout, stderr } = await run(path, ['large.xml', '--project', 'shop', '--run-key', `large-${version}`, '--json'], environment);
    expect(JSON.parse(stdout)).toMatchObject({ failed: 400, problems: [] });
    const megabytes = Number(/maxRSS (\d+)/.exec(stderr)?.[1]) / 1_024;
    console.info(`Node.js ${version}: ${Math.round(megabytes)} MB for a report of ${Math.round((400 * stack.length) / 1_000_000)} MB`);
    expect(megabytes).toBeLessThan(200);
  });

  test('it starts at once', async () => {
    const times: number[] = [];
    for (let n = 0; n < 10; n += 1) {
      const began = performance.now();
      expect((await run(path, ['--help'])).stdout).toContain('Usage: defectxray-report');
      times.push(performance.now() - began);
    }
    const median = times.sort((a, b) => a - b)[5] as number;
    console.info(`Node.js ${version}: --help in ${Math.round(median)} ms (median of 10)`);
    // Without load it is well below 150 ms; what else the machine does is not measured here.
    expect(median).toBeLessThan(1_500);
  });
});
