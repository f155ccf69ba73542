import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { describeDeploy } from '../../src/cli/deploy-command.ts';
import { createOutput } from '../../src/cli/output.ts';
import { describeReport } from '../../src/cli/report-command.ts';
import { clearAway, temporaryDirectory } from '../cli/command-line.ts';
import { useServedClone } from '../cli/served-clone.ts';
import { persona } from '../support/database.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const options = describeReport(new Command().option('--json'), createOutput(true)).options.map(({ long }) => long as string);
const longs = (command: Command | undefined) => command?.options.map(({ long }) => long as string) ?? [];
const deploy = describeDeploy(new Command(), createOutput(true));
const [start, finish] = ['start', 'finish'].map((name) => longs(deploy.commands.find((command) => command.name() === name)));
const PAGES = ['docs/ci.md', 'docs/reporting.md', 'README.md'];

/** The command lines of the agent in a page's snippets, each on one line: those that report. */
function commandLines(page: string): string[] {
  return agentLines(page).filter((line) => !/ deploy (start|finish) /.test(line));
}

/** All of them. */
function agentLines(page: string): string[] {
  const snippets = [...read(page).matchAll(/^```\w*\n([\s\S]*?)^```$/gm)].map(([, text]) => text?.replaceAll(/\\\n\s*/g, '') ?? '');
  return snippets
    .flatMap((text) => text.split('\n'))
    .filter((line) => /defectxray (report|deploy) |-- report |defectxray-report\.mjs/.test(line));
}

/** What action.yml says: the names of its inputs, the variables of its step, and the script. */
const action = (() => {
  const text = read('action.yml');
  const inputs = [...(text.split(/^runs:/m)[0] ?? '').matchAll(/^ {2}([a-z-]+):$/gm)].map(([, name]) => name as string);
  const defaults = new Map(
    [...text.matchAll(/^ {2}([a-z-]+):\n {4}description: .*\n {4}default: "?(.*?)"?$/gm)].map(([, name, value]) => [
      name as string,
      value as string,
    ]),
  );
  const env = [...text.matchAll(/^ {8}([A-Z_]+): \$\{\{ (.*) \}\}$/gm)].map(
    ([, name, expression]) => [name as string, expression as string] as const,
  );
  const script = text.split(/^ {6}run: \|\n/m)[1]?.replaceAll(/^ {8}/gm, '') ?? '';
  return { inputs, defaults, env, script };
})();

describe('what is pasted works', () => {
  test.each(PAGES)('%s: every option there is', (page) => {
    const lines = commandLines(page);
    expect(lines.length).toBeGreaterThan(0);
    const used = lines.flatMap((line) => line.slice(line.search(/report[ .]/)).match(/(?<= )--[a-z-]+/g) ?? []);
    expect(used.filter((option) => !options.includes(option))).toEqual([]);
    for (const line of lines) expect(line).toContain('--project ');
  });

  test.each(['docs/ci.md', 'docs/deployments.md'])('%s: every option that deploy has', (page) => {
    const lines = agentLines(page).filter((line) => / deploy (start|finish) /.test(line));
    expect(lines.some((line) => line.includes('deploy start')) && lines.some((line) => line.includes('deploy finish'))).toBe(true);
    for (const line of lines) {
      const known = line.includes('deploy start') ? start : finish;
      const used = line.slice(line.search(/deploy (start|finish)/)).match(/(?<= )--[a-z-]+/g) ?? [];
      expect(used.filter((option) => known?.includes(option) !== true)).toEqual([]);
      expect(used).toEqual(expect.arrayContaining(['--project', '--environment']));
    }
  });

  test('docs/ci.md says every option of deploy, and no other', () => {
    const section = read('docs/ci.md').split('\n## Deployments\n')[1]?.split('\n## ')[0] ?? '';
    const table = section.match(/^\| `--.*$/gm)?.flatMap((row) => (row.split(' | ')[0] ?? '').match(/--[a-z-]+/g) ?? []);
    expect(table?.sort()).toEqual([...new Set([...(start ?? []), ...(finish ?? [])])].sort());
  });

  test('docs/ci.md has lines for five CI systems, and a quoted pattern in each, which no shell takes apart', () => {
    const lines = commandLines('docs/ci.md');
    expect(lines.length).toBeGreaterThanOrEqual(6);
    for (const line of lines) expect(line).toContain('"results/**/*.xml"');
    for (const name of ['GitHub Actions', 'GitLab', 'Azure DevOps', 'Jenkins', 'CircleCI'])
      expect(read('docs/ci.md')).toContain(`\n## ${name}\n`);
  });

  test('docs/reporting.md says every option, and no other', () => {
    const table = read('docs/reporting.md')
      .match(/^\| `--.*$/gm)
      ?.flatMap((row) => (row.split(' | ')[0] ?? '').match(/--[a-z-]+/g) ?? []);
    expect(table?.sort()).toEqual([...options].sort());
  });

  test('snippets give the action inputs that it has, and all that it needs', () => {
    const uses = read('docs/ci.md').split('uses: your-organization/defectxray@').slice(1);
    expect(uses).toHaveLength(2);
    for (const text of uses) {
      const [, given = ''] = /\n +with:\n((?: {10}.*\n)+)/.exec(text) ?? [];
      const names = [...given.matchAll(/^ {10}([a-z-]+):/gm)].map(([, name]) => name as string);
      expect(names.filter((name) => !action.inputs.includes(name))).toEqual([]);
      expect(names).toEqual(expect.arrayContaining(['files', 'project', 'server']));
    }
  });
});

describe('action.yml', () => {
  const { acme } = inject('fixture');
  const clone = useServedClone();
  const directory = temporaryDirectory();
  beforeAll(() => {
    mkdirSync(join(directory, 'results'));
    copyFileSync(fileURLToPath(new URL('test/fixtures/reports/rspec.xml', root)), join(directory, 'results', 'a b.xml'));
  });
  afterAll(() => clearAway(directory, []));

  /** Runs the step as the runner does: expressions become variables, and bash is called as for `shell: bash`. */
  async function step(inputs: Record<string, string>) {
    const given: Record<string, string> = Object.fromEntries([...action.defaults, ...Object.entries(inputs)]);
    const expressions = new Map([
      ['strategy.job-index', '1'],
      ['strategy.job-total', '2'],
      ...action.inputs.map((name) => [`inputs.${name}`, given[name] ?? ''] as const),
    ]);
    const env = Object.fromEntries(action.env.map(([name, expression]) => [name, expressions.get(expression) ?? expect.fail(expression)]));
    const runner = { GITHUB_ACTIONS: 'true', GITHUB_JOB: 'unit', GITHUB_RUN_ID: '9', GITHUB_ACTION_PATH: fileURLToPath(root) };
    const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', action.script], {
      cwd: directory,
      env: { ...env, ...runner, PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}` },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    const [code] = await once(child, 'close');
    return { code, stdout, stderr };
  }

  const inputs = async () => ({
    files: 'results/**/*.xml\n',
    project: 'shop',
    server: clone.url,
    token: await clone.token(persona(acme, 'developer')),
  });

  test('every input is used, and reaches the script as a variable', () => {
    expect(
      action.env
        .map(([, expression]) => expression)
        .filter((expression) => expression.startsWith('inputs.'))
        .sort(),
    ).toEqual(action.inputs.map((name) => `inputs.${name}`).sort());
    expect(action.script).not.toContain('${{');
    execFileSync('bash', ['-n', '-c', action.script]);
  });

  test('reports, with the place in the matrix', async () => {
    const { code, stdout, stderr } = await step(await inputs());
    expect([code, stderr]).toEqual([0, 'Results sent: 11 of 11\n']);
    expect(stdout).toContain('11 results of 1 file reported for shop.');
    expect(stdout).toContain('run      github-9-1, unit 2/2');
  });

  test('fails on what it is to fail on, after all was sent', async () => {
    const { code, stdout } = await step({
      ...(await inputs()),
      project: 'billing',
      'fail-on': 'new\nseverity=low\n',
      shard: 'other',
      strict: 'true',
    });
    expect(stdout).toContain('11 results of 1 file reported');
    expect(code).toBe(1);
  });

  test('is strict where it is told, and takes no file for an option', async () => {
    const given = { ...(await inputs()), files: '--help\nnone/*.xml' };
    expect(await step(given)).toMatchObject({ code: 0, stdout: 'Nothing was reported.\n' });
    expect((await step({ ...given, strict: 'true' })).code).toBe(2);
  });

  test('runs nothing that stands in an input', async () => {
    const evil = '$(touch owned)`touch owned`"; touch owned; "';
    await step({ ...(await inputs()), files: evil, project: evil, 'fail-on': evil, spool: '', shard: evil });
    expect(() => readFileSync(join(directory, 'owned'))).toThrow(/ENOENT/);
  });
});
