import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { persona } from '../support/database.ts';
import { clearAway, type Environment, PATIENCE, run, start, temporaryDirectory } from './command-line.ts';
import { useServedClone } from './served-clone.ts';

const { acme } = inject('fixture');
const developer = persona(acme, 'developer');
const clone = useServedClone();
const directory = temporaryDirectory();

/** What stands between agent and server: a line that can be cut, and can go silent. */
const line = { state: 'up' as 'up' | 'cut' | 'silent', held: 0, url: '' };
let listener: Server;
const sockets = new Set<Socket>();

beforeAll(async () => {
  const { hostname, port } = new URL(clone.url);
  listener = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    if (line.state === 'cut') return void socket.destroy();
    if (line.state === 'silent') return void socket.once('data', () => (line.held += 1));
    const through = connect(Number(port), hostname).on('error', () => socket.destroy());
    socket.pipe(through).pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  line.url = `http://127.0.0.1:${(listener.address() as { port: number }).port}`;
});
afterEach(() => {
  line.state = 'up';
  line.held = 0;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  listener.close();
  await clearAway(directory, []);
});

async function project(): Promise<string> {
  const slug = `p${Math.random().toString(36).slice(2)}`;
  const mutation = 'mutation ($project: ProjectInput!) { createProject(input: { project: $project }) { project { slug } } }';
  await clone.ask(persona(acme, 'admin'), mutation, { project: { slug, name: slug } });
  return slug;
}

function file(name: string, ...cases: string[]): string {
  const path = join(directory, name);
  writeFileSync(path, `<testsuite name="s">${cases.join('')}</testsuite>`);
  return path;
}

const passes = (name: string) => `<testcase name="${name}"/>`;
const fails = (name: string, type: string) =>
  `<testcase name="${name}"><failure type="${type}" message="no">at f (src/a.js:1:1)</failure></testcase>`;

async function environment(more: Environment = {}): Promise<Environment> {
  return { DEFECTXRAY_URL: line.url, DEFECTXRAY_TOKEN: await clone.token(developer), ...more };
}

async function stored(slug: string) {
  const query = `query ($slug: String!) { projects(first: 1, filter: { slug: { equalTo: $slug } }) { nodes { tests { totalCount } occurrences { totalCount }
    testRuns(orderBy: ID_ASC) { nodes { runKey shard commitSha branch runUrl ciProvider environment durationMs passedCount failedCount } } } } }`;
  return (await clone.ask(developer, query, { slug })).projects.nodes[0];
}

test('a job of a CI system needs no option but the project', async () => {
  const slug = await project();
  const github = {
    GITHUB_ACTIONS: 'true',
    GITHUB_JOB: 'unit',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REPOSITORY: 'acme/web',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_RUN_ID: '77',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_SHA: 'c3a1f0e2b4d6879a5b3c1d0e9f8a7b6c5d4e3f2a',
    GITHUB_STEP_SUMMARY: join(directory, 'summary.md'),
    RUNNER_NAME: 'GitHub Actions 4',
  };
  const path = file('job.xml', passes('a'), fails('b', 'CartError'));
  const answer = await run(['report', path, '--project', slug, '--environment', 'browser=firefox'], await environment(github));
  expect(answer.code).toBe(0);
  expect((await stored(slug)).testRuns.nodes).toEqual([
    {
      runKey: 'github-77-2',
      shard: 'unit',
      commitSha: github.GITHUB_SHA,
      branch: 'main',
      runUrl: 'https://github.com/acme/web/actions/runs/77/attempts/2',
      ciProvider: 'github-actions',
      environment: { os: expect.any(String), arch: process.arch, runner: 'GitHub Actions 4', browser: 'firefox' },
      durationMs: null,
      passedCount: 1,
      failedCount: 1,
    },
  ]);
  const summary = readFileSync(github.GITHUB_STEP_SUMMARY, 'utf8');
  expect(summary).toContain(`### DefectXray: ${slug}, 1 new defect`);
  expect(summary).toContain('[run](https://github.com/acme/web/actions/runs/77/attempts/2)');
});

describe('exit codes', () => {
  test('--fail-on new: 1 for a defect never seen before, 0 for the same again in another run, 1 for the first run again', async () => {
    const slug = await project();
    const path = file('new.xml', passes('a'), fails('b', 'NewError'));
    const report = async (key: string, ...options: string[]) => {
      const { code, stderr } = await run(['report', path, '--project', slug, '--run-key', key, '--json', ...options], await environment());
      return [code, stderr === '' ? null : JSON.parse(stderr).error];
    };
    const sentence = 'The report has what --fail-on asks for: new.';
    expect(await report('1', '--fail-on', 'new')).toEqual([1, sentence]);
    expect(await report('1', '--fail-on', 'new')).toEqual([1, sentence]);
    expect(await report('2', '--fail-on', 'new', '--fail-on', 'regressed')).toEqual([0, null]);
    expect(await report('3', '--fail-on', 'any')).toEqual([1, 'The report has what --fail-on asks for: any.']);
    expect(await report('4')).toEqual([0, null]);
  });

  test('--fail-on regressed: 1 for a defect that was resolved and is back', async () => {
    const slug = await project();
    const path = file('back.xml', fails('b', 'BackError'));
    const report = async (key: string) => {
      const args = ['report', path, '--project', slug, '--run-key', key, '--fail-on', 'regressed', '--json'];
      const { code, stdout } = await run(args, await environment());
      return { code, ...JSON.parse(stdout) };
    };
    const first = await report('1');
    expect(first).toMatchObject({ code: 0, defects: [{ state: 'NEW' }] });
    const resolve = 'mutation ($id: UUID!) { updateDefect(input: { id: $id, patch: { status: RESOLVED } }) { defect { id } } }';
    await clone.ask(developer, resolve, { id: first.defects[0].id });
    expect(await report('2')).toMatchObject({ code: 1, defects: [{ state: 'REGRESSED', id: first.defects[0].id }] });
  });

  test('what fails goes before what is strict; where nothing could be sent nothing fails', async () => {
    const slug = await project();
    const path = file('both.xml', fails('b', 'BothError'));
    const args = ['report', path, join(directory, 'none-*.xml'), '--project', slug, '--fail-on', 'new'];
    expect((await run([...args, '--strict'], await environment())).code).toBe(1);
    line.state = 'cut';
    expect((await run([...args, '--run-key', '2', '--timeout', '1s'], await environment())).code).toBe(0);
    expect((await run([...args, '--run-key', '2', '--timeout', '1s', '--strict'], await environment())).code).toBe(2);
  });

  test.each([
    [['--fail-on', 'nwe'], /It must be one of new, regressed, any, severity=low/],
    [['--timeout', '5'], /It must be a time such as 30s or 5min/],
    [['--timeout', '61min'], /at most 60min/],
    [['--environment', 'firefox'], /It must be a name and a value/],
  ])('1 for a wrong command line: %j', async (options, sentence) => {
    const { code, stderr } = await run(['report', 'x.xml', '--project', 'shop', ...options], await environment());
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
  });
});

describe('a spool', () => {
  const kept = (spool: string) => readdirSync(spool).filter((name) => name.endsWith('.json'));
  /** Tests in several batches. */
  const many = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => passes(`${prefix} ${n}`));

  test('keeps what cannot be sent, and the next report sends it first, in order', { timeout: 60_000 }, async () => {
    const slug = await project();
    const spool = join(directory, 'spool-order');
    const report = async (key: string, path: string, ...options: string[]) =>
      run(['report', path, '--project', slug, '--run-key', key, '--spool', spool, ...options, '--json'], await environment());
    line.state = 'cut';
    const away = await report('first', file('first.xml', ...many('first', 4_500)), '--timeout', '1s');
    expect(away.code).toBe(0);
    expect(JSON.parse(away.stdout)).toEqual({
      kept: 3,
      caughtUp: 0,
      problems: [expect.stringMatching(/cannot be reached .* It is kept, and sent next time\.$/)],
    });
    expect(kept(spool)).toHaveLength(3);
    expect(
      kept(spool)
        .map((name) => readFileSync(join(spool, name), 'utf8'))
        .join(),
    ).not.toMatch(/eyJ|[Bb]earer|token/);
    line.state = 'up';
    const back = await report('second', file('second.xml', passes('second')));
    expect(JSON.parse(back.stdout)).toMatchObject({ kept: 0, caughtUp: 3, results: 1, problems: [] });
    expect((await stored(slug)).testRuns.nodes).toMatchObject([
      { runKey: 'first', passedCount: 4_500 },
      { runKey: 'second', passedCount: 1 },
    ]);
    expect(readdirSync(spool)).toEqual([]);
  });

  test('keeps the rest of a report whose beginning was sent, and everything where the credential is refused', {
    timeout: 60_000,
  }, async () => {
    const slug = await project();
    const spool = join(directory, 'spool-credential');
    const path = file('refused.xml', ...many('refused', 2_500));
    const args = ['report', path, '--project', slug, '--run-key', 'r', '--spool', spool, '--json'];
    const late = await run(args, await environment({ DEFECTXRAY_TOKEN: await clone.token(developer, -60) }));
    expect(JSON.parse(late.stdout)).toMatchObject({
      kept: 2,
      problems: [expect.stringContaining('UNAUTHENTICATED: The token has expired.')],
    });
    const none = await run(args, await environment({ DEFECTXRAY_TOKEN: '' }));
    expect(JSON.parse(none.stdout)).toMatchObject({ kept: 2, problems: [expect.stringContaining('There is no credential')] });
    expect(kept(spool)).toHaveLength(4);
    const sent = await run(args, await environment());
    // Kept twice and sent thrice: the server stores each once.
    expect(JSON.parse(sent.stdout)).toMatchObject({ caughtUp: 4, batches: 2, replayedBatches: 2, problems: [] });
    expect((await stored(slug)).testRuns.nodes).toMatchObject([{ passedCount: 2_500 }]);
  });

  test('does not wait for what is refused by itself: a project that is gone, a report that is none', { timeout: 60_000 }, async () => {
    const [slug, spool] = [await project(), join(directory, 'spool-refused')];
    const path = file('gone.xml', passes('gone'));
    line.state = 'cut';
    const away = ['--spool', spool, '--timeout', '1s', '--json'];
    for (const [to, ...more] of [['nowhere'], [slug, '--commit', 'not hexadecimal'], [slug, '--run-key', 'good']] as const) {
      await run(['report', path, '--project', to, ...more, ...away], await environment());
    }
    line.state = 'up';
    const { stdout } = await run(['report', path, '--project', slug, '--run-key', 'now', '--spool', spool, '--json'], await environment());
    expect(JSON.parse(stdout)).toMatchObject({
      caughtUp: 1,
      results: 1,
      problems: [expect.stringMatching(/is kept on: NOT_FOUND/), expect.stringMatching(/moved to .*\.refused: BAD_USER_INPUT/)],
    });
    expect(readdirSync(spool).map((name) => name.replace(/^.*?\./, '.'))).toEqual(['.json', '.json.refused']);
  });

  test('of two agents at once sends each report once', { timeout: 60_000 }, async () => {
    const [slug, spool] = [await project(), join(directory, 'spool-two')];
    line.state = 'cut';
    const away = file('away.xml', ...many('away', 9_000));
    await run(['report', away, '--project', slug, '--run-key', 'away', '--spool', spool, '--timeout', '1s'], await environment());
    expect(kept(spool)).toHaveLength(5);
    line.state = 'up';
    const agent = async (name: string) => {
      const args = ['report', file(`${name}.xml`, passes(name)), '--project', slug, '--run-key', name, '--spool', spool, '--json'];
      return JSON.parse((await run(args, await environment())).stdout);
    };
    const answers = await Promise.all([agent('one'), agent('two')]);
    expect(answers).toMatchObject([
      { kept: 0, results: 1, problems: [] },
      { kept: 0, results: 1, problems: [] },
    ]);
    expect(answers[0].caughtUp + answers[1].caughtUp).toBe(5);
    expect((await stored(slug)).tests.totalCount).toBe(9_002);
    expect(readdirSync(spool)).toEqual([]);
  });

  test('outlives an agent that is killed while it sends', { timeout: 60_000 }, async () => {
    const [slug, spool] = [await project(), join(directory, 'spool-killed')];
    mkdirSync(spool);
    const path = file('killed.xml', passes('killed'));
    const args = ['report', path, '--project', slug, '--run-key', 'killed', '--spool', spool];
    line.state = 'cut';
    await run([...args, '--timeout', '1s'], await environment());
    line.state = 'silent';
    const agent = start(args, await environment());
    await vi.waitFor(() => expect(line.held).toBe(1), PATIENCE);
    expect(kept(spool)).toEqual([]);
    agent.child.kill('SIGKILL');
    await agent.ended;
    line.state = 'up';
    const { stdout } = await run([...args, '--json'], await environment());
    expect(JSON.parse(stdout)).toMatchObject({ caughtUp: 1, batches: 1, replayedBatches: 1 });
    expect(readdirSync(spool)).toEqual([]);
  });

  test('that cannot be written is said; nothing else breaks', async () => {
    const spool = join(directory, 'spool-file');
    writeFileSync(spool, '');
    line.state = 'cut';
    const path = file('unwritten.xml', passes('a'));
    const { code, stdout } = await run(
      ['report', path, '--project', 'shop', '--spool', spool, '--timeout', '1s', '--json'],
      await environment(),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).problems).toEqual(
      expect.arrayContaining([expect.stringMatching(/cannot be reached/), expect.stringMatching(/^The rest of it is not kept: /)]),
    );
  });
});
