import { createReadStream, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { readReport } from '../../src/ingest/read-report.ts';
import { persona } from '../support/database.ts';
import { clearAway, type Finished, run, temporaryDirectory } from './command-line.ts';
import { useServedClone } from './served-clone.ts';

const fixtures = fileURLToPath(new URL('../fixtures/reports/', import.meta.url));
const { acme } = inject('fixture');
const developer = persona(acme, 'developer');
const clone = useServedClone();
const directory = temporaryDirectory();

afterAll(() => clearAway(directory, []));

// passed, failed, errored, skipped; of tests with one name (jest) only the first is new.
const COUNTS: Record<string, [number, number, number, number]> = {
  'bats.xml': [3, 4, 0, 1],
  'catch2.xml': [2, 1, 1, 1],
  'ctest.xml': [1, 2, 0, 3],
  'googletest.xml': [6, 2, 0, 2],
  'gotestsum.xml': [6, 4, 0, 1],
  'jasmine.xml': [6, 6, 0, 2],
  'jest.xml': [7, 7, 1, 1],
  'jest-again.xml': [7, 7, 1, 1],
  'junit5.xml': [4, 2, 2, 1],
  'mocha.xml': [6, 6, 0, 2],
  'mocha-attachments.xml': [1, 3, 0, 0],
  'node.xml': [6, 6, 0, 2],
  'phpunit.xml': [4, 2, 3, 2],
  'playwright.xml': [8, 2, 6, 2],
  'pytest.xml': [6, 5, 3, 2],
  'pytest-legacy.xml': [6, 5, 3, 2],
  'rspec.xml': [4, 5, 0, 2],
  'surefire.xml': [2, 2, 1, 2],
  'surefire-again.xml': [2, 2, 1, 2],
  'jest-ctrf.json': [6, 6, 0, 2],
  'mocha-ctrf.json': [7, 9, 0, 2],
  'playwright-ctrf.json': [8, 8, 0, 2],
  'playwright-ctrf-again.json': [8, 8, 0, 2],
  'vitest-ctrf.json': [6, 6, 0, 2],
  'jest.trx': [6, 7, 0, 2],
  'mocha.trx': [7, 8, 1, 2],
  'mocha-again.trx': [7, 8, 1, 2],
  'bats.tap': [3, 4, 0, 1],
  'bats-tap13.tap': [3, 4, 0, 1],
  'node.tap': [6, 6, 0, 2],
  'node-again.tap': [6, 6, 0, 2],
  'perl.tap': [4, 2, 0, 3],
  'tap.tap': [6, 5, 0, 2],
  'tap-again.tap': [6, 5, 0, 2],
  'vitest.xml': [6, 7, 0, 2],
  'vitest-again.xml': [6, 7, 0, 2],
};

/** A project of its own for a test. */
async function project(): Promise<string> {
  const slug = `p${Math.random().toString(36).slice(2)}`;
  const mutation = 'mutation ($project: ProjectInput!) { createProject(input: { project: $project }) { project { slug } } }';
  await clone.ask(persona(acme, 'admin'), mutation, { project: { slug, name: slug } });
  return slug;
}

async function report(slug: string, files: string[], ...options: string[]): Promise<Finished> {
  const environment = { DEFECTXRAY_URL: clone.url, DEFECTXRAY_TOKEN: await clone.token(developer) };
  return run(['report', ...files, '--project', slug, ...options], environment);
}

async function reportJson(slug: string, files: string[], ...options: string[]) {
  const { code, stdout, stderr } = await report(slug, files, '--json', ...options);
  expect(stderr).toBe('');
  return { code, ...JSON.parse(stdout) };
}

/** What is stored of a project, to the last count. */
async function stored(slug: string) {
  const query = `query ($slug: String!) { projects(first: 1, filter: { slug: { equalTo: $slug } }) { nodes {
    tests { totalCount } occurrences { totalCount } defects(orderBy: ID_ASC) { nodes { id title occurrenceCount updatedAt } }
    testRuns(orderBy: ID_ASC) { nodes { runKey shard commitSha branch runUrl passedCount failedCount erroredCount skippedCount } } } } }`;
  return (await clone.ask(developer, query, { slug })).projects.nodes[0];
}

const NOTHING = { tests: { totalCount: 0 }, occurrences: { totalCount: 0 }, defects: { nodes: [] }, testRuns: { nodes: [] } };

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

describe('reports of real runners', () => {
  test('there is a count for every fixture', () => {
    const names = readdirSync(fixtures).filter((name) => !['README.md', 'sources'].includes(name));
    expect(names).toEqual(Object.keys(COUNTS).sort());
  });

  test.each(Object.entries(COUNTS))('%s', async (name, [passed, failed, errored, skipped]) => {
    const slug = await project();
    const answer = await reportJson(slug, [`${fixtures}${name}`]);
    const results = passed + failed + errored + skipped;
    expect(answer).toMatchObject({
      code: 0,
      problems: [],
      files: 1,
      batches: 1,
      replayedBatches: 0,
      results,
      passed,
      failed,
      errored,
      skipped,
    });
    const [run_] = (await stored(slug)).testRuns.nodes;
    expect(run_).toMatchObject({ passedCount: passed, failedCount: failed, erroredCount: errored, skippedCount: skipped });
    const { tests, defects, occurrences } = await stored(slug);
    expect(tests.totalCount).toBe(answer.newTests);
    expect(answer.newTests).toBe(/^jest(?:-again)?\.xml$/.test(name) ? results - 1 : results);
    expect(defects.nodes).toHaveLength(answer.newDefects);
    expect(occurrences.totalCount).toBe(failed + errored);
  });

  test('of all formats are read together', async () => {
    const slug = await project();
    const files = ['rspec.xml', 'jest.trx', 'playwright-ctrf.json', 'tap.tap'].map((name) => `${fixtures}${name}`);
    expect(await reportJson(slug, files)).toMatchObject({ code: 0, problems: [], files: 4, results: 11 + 15 + 18 + 13 });
  });

  test('are what they are said to be, where that is said', async () => {
    const slug = await project();
    const answer = await reportJson(slug, [`${fixtures}rspec.xml`], '--format', 'trx');
    expect(answer.problems).toEqual([
      expect.stringMatching(/rspec\.xml:2:\d+: not a test report that is read: its root is <testsuite>, not <TestRun>$/),
    ]);
    const { code, stderr } = await report(slug, [`${fixtures}rspec.xml`], '--format', 'nunit');
    expect([code, stderr]).toEqual([1, expect.stringContaining('Allowed choices are auto, junit, ctrf, trx, tap.')]);
  });

  test('occurrences have the time that the report gives', async () => {
    const slug = await project();
    await reportJson(slug, [`${fixtures}playwright.xml`]);
    const results = await Array.fromAsync(readReport(createReadStream(`${fixtures}playwright.xml`), '', () => {}));
    const begun = results.filter(({ failure }) => failure !== null).map(({ startedAt }) => startedAt);
    const query = `query ($slug: String!) { projects(filter: { slug: { equalTo: $slug } }) { nodes { occurrences { nodes { occurredAt } } } } }`;
    const nodes = (await clone.ask(developer, query, { slug })).projects.nodes[0].occurrences.nodes as { occurredAt: string }[];
    expect(nodes.map(({ occurredAt }) => new Date(occurredAt).toISOString()).sort()).toEqual(begun.sort());
  });
});

describe('the same report again', () => {
  test('gives the first receipt and changes nothing', async () => {
    const slug = await project();
    const options = [
      '--run-key',
      'ci-7',
      '--shard',
      '1/2',
      '--commit',
      'a'.repeat(40),
      '--branch',
      'main',
      '--run-url',
      'https://ci.example/7',
    ];
    const first = await reportJson(slug, [`${fixtures}vitest.xml`], ...options);
    const before = await stored(slug);
    expect(before.testRuns.nodes).toMatchObject([
      { runKey: 'ci-7', shard: '1/2', commitSha: 'a'.repeat(40), branch: 'main', runUrl: 'https://ci.example/7' },
    ]);
    expect(await reportJson(slug, [`${fixtures}vitest.xml`], ...options)).toEqual({ ...first, replayedBatches: 1 });
    expect(await stored(slug)).toEqual(before);
    const { code, stdout } = await report(slug, [`${fixtures}vitest.xml`], ...options);
    expect(code).toBe(0);
    expect(stdout).toContain('15 results of 1 file reported');
    expect(stdout).toContain('(reported before: nothing has changed)');
  });

  test('of another run it finds the same tests and defects', async () => {
    const slug = await project();
    const first = await reportJson(slug, [`${fixtures}jest.xml`]);
    const second = await reportJson(slug, [`${fixtures}jest-again.xml`]);
    expect(second).toMatchObject({ newTests: 0, newDefects: 0, knownDefects: first.newDefects, replayedBatches: 0 });
  });

  test('of another commit it is another report', async () => {
    const slug = await project();
    await reportJson(slug, [`${fixtures}go*.xml`], '--commit', '1234567');
    expect(await reportJson(slug, [`${fixtures}go*.xml`], '--commit', '89abcde')).toMatchObject({
      problems: [],
      replayedBatches: 0,
      newTests: 0,
    });
    expect((await stored(slug)).testRuns.nodes).toHaveLength(2);
  });
});

describe('which files', () => {
  test('a quoted pattern is matched here, each file is taken once, and names with brackets are names', async () => {
    const slug = await project();
    mkdirSync(join(directory, 'results', 'deep'), { recursive: true });
    const one = (name: string) => `<testsuite name="s"><testcase name="${name}"/></testsuite>`;
    const odd = file('results/TEST-cart[chrome].xml', one('odd'));
    file('results/deep/b.xml', one('b'));
    file('results/deep/not-xml.txt', 'x');
    const answer = await reportJson(slug, [join(directory, 'results/**/*.xml'), odd]);
    expect(answer).toMatchObject({ files: 2, results: 2, newTests: 2, problems: [] });
  });

  test('a pattern without a file is a problem, and the others are sent', async () => {
    const slug = await project();
    const answer = await reportJson(slug, [`${fixtures}rspec.xml`, join(directory, 'none/*.xml')]);
    expect(answer).toMatchObject({ code: 0, files: 1, results: 11, problems: [`No file matches ${join(directory, 'none/*.xml')}.`] });
  });
});

describe('people read sentences', () => {
  test('the result on standard output, progress on standard error', async () => {
    const { code, stdout, stderr } = await report(await project(), [`${fixtures}rspec.xml`, `${fixtures}junit5.xml`]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^20 results of 2 files reported for .*\n {2}run {6}local-.*\n {2}tests {4}8 passed, 7 failed, 2 errored, 3 skipped; 20 never seen before\n {2}defects {2}\d+ new, 0 known, 0 regressed\n(?: {2}new .*\n)+$/,
    );
    expect(stderr).toBe('Results sent: 20 of 20\n');
  });
});

describe('what CI must not fail for: exit code 0, and 2 where it is strict', () => {
  const whole = '<testsuites><testsuite name="s"><testcase name="a"/><testcase name="b"><failure message="no">no</failure></testcase>';

  test.each([
    ['is none', 'PASS all 12 tests', 0, /:1:1: not a test report: it looks like plain text/],
    ['is a web page', '<html><testcase name="a"/></html>', 0, /:1:\d+: not a test report that is read: its root is <html>/],
    ['is empty', '', 0, /:1:1: not a test report: the file is empty/],
    ['is cut off', `${whole}<testcase name="c"><fail`, 2, /:1:\d+: the file ends inside <fail|:1:\d+: .*/],
    ['is cut off between tests', `${whole}\n`, 2, /:2:\d+: the file ends inside <testsuite>/],
  ])('a report that %s: the place, and the rest is sent', async (what, content, results, problem) => {
    const slug = await project();
    const path = file(`${what.replaceAll(' ', '-')}.xml`, content);
    const answer = await reportJson(slug, [path]);
    expect(answer.code).toBe(0);
    expect(answer.problems).toEqual([expect.stringMatching(problem)]);
    expect(answer.problems[0].startsWith(`${path}:`)).toBe(true);
    expect((await stored(slug)).tests.totalCount).toBe(results);
    const strict = await report(slug, [path], '--strict');
    expect(strict.code).toBe(2);
    expect(strict.stderr).toMatch(/\n1 problem, and --strict asks for none\.\n$/);
  });

  test('control characters are left out, and the report is whole', async () => {
    const slug = await project();
    const path = file(
      'control.xml',
      '<testsuite name="s"><testcase name="a\u0000b"><failure message="\u001b[31mred\u0007">\u0001x</failure></testcase></testsuite>',
    );
    expect(await reportJson(slug, [path])).toMatchObject({ code: 0, problems: [], results: 1, failed: 1 });
    expect((await stored(slug)).defects.nodes).toMatchObject([{ title: expect.stringContaining('red') }]);
  });

  test('a stack trace of 5 MB is shortened and stored', async () => {
    const slug = await project();
    const path = file(
      'stack.xml',
      `<testsuite name="s"><testcase name="a"><failure type="Deep" message="m">${'    at円 (/srv/a.js:1:1)\n'.repeat(200_000)}</failure></testcase></testsuite>`,
    );
    expect(await reportJson(slug, [path])).toMatchObject({ code: 0, problems: [], failed: 1, newDefects: 1 });
  });

  test('text that is longer in UTF-8 than in characters still goes in requests that the server takes', async () => {
    const slug = await project();
    const cases = Array.from(
      { length: 120 },
      (_, n) => `<testcase name="t${n}"><failure message="m${n}">${'円'.repeat(60_000)}</failure></testcase>`,
    );
    const answer = await reportJson(slug, [file('wide.xml', `<testsuite name="s">${cases.join('')}</testsuite>`)]);
    expect(answer).toMatchObject({ code: 0, problems: [], failed: 120 });
    expect(answer.batches).toBeGreaterThan(4);
  });

  test('a project that there is not, or only elsewhere, is not found; nothing is stored', async () => {
    const { globex } = inject('fixture');
    const mutation = 'mutation ($project: ProjectInput!) { createProject(input: { project: $project }) { project { slug } } }';
    await clone.ask(persona(globex, 'admin'), mutation, { project: { slug: 'theirs', name: 'theirs' } });
    const answers = await Promise.all(['nowhere', 'theirs'].map((slug) => report(slug, [`${fixtures}rspec.xml`])));
    // The same words for both: whether another organization has it is not told.
    const sentence = (slug: string) => `The report was not sent: NOT_FOUND: There is no project "${slug}".\n`;
    expect(answers).toEqual(['nowhere', 'theirs'].map((slug) => ({ code: 0, stdout: 'Nothing was reported.\n', stderr: sentence(slug) })));
    const count = '{ projects(filter: { slug: { equalTo: "theirs" } }) { nodes { testRuns { totalCount } } } }';
    expect((await clone.ask(persona(globex, 'admin'), count)).projects.nodes).toEqual([{ testRuns: { totalCount: 0 } }]);
  });

  test.each([
    ['garbage', 'garbage', 'The report was not sent: UNAUTHENTICATED: The token is not valid.'],
    ['none', '', 'The report was not sent: There is no credential: set DEFECTXRAY_TOKEN, or give --token.'],
    [
      'one that is broken in two',
      'eyJh\nsecret',
      'The report was not sent: The credential holds characters that no credential has: copy it whole, and nothing else with it.',
    ],
    [
      'a word of dots',
      'secret…',
      'The report was not sent: The credential holds characters that no credential has: copy it whole, and nothing else with it.',
    ],
  ])('a credential that is %s', async (_, token, sentence) => {
    const slug = await project();
    const environment = { DEFECTXRAY_URL: clone.url, DEFECTXRAY_TOKEN: token };
    const args = ['report', `${fixtures}rspec.xml`, '--project', slug];
    expect(await run(args, environment)).toEqual({ code: 0, stdout: 'Nothing was reported.\n', stderr: `${sentence}\n` });
    const strict = await run([...args, '--strict', '--json'], environment);
    expect(strict.code).toBe(2);
    expect(JSON.parse(strict.stdout)).toEqual({ kept: 0, caughtUp: 0, problems: [sentence] });
    expect(JSON.parse(strict.stderr)).toEqual({ error: '1 problem, and --strict asks for none.' });
    expect(await stored(slug)).toEqual(NOTHING);
  });

  test('a token that has expired, and one whose role may not report', async () => {
    const slug = await project();
    const args = ['report', `${fixtures}rspec.xml`, '--project', slug];
    for (const [token, sentence] of [
      [await clone.token(developer, -60), 'The report was not sent: UNAUTHENTICATED: The token has expired.'],
      [await clone.token(persona(acme, 'member')), 'The report was not sent: FORBIDDEN: Your role may not do this.'],
    ] as const) {
      const answer = await run(args, { DEFECTXRAY_URL: clone.url, DEFECTXRAY_TOKEN: token });
      expect(answer).toEqual({ code: 0, stdout: 'Nothing was reported.\n', stderr: `${sentence}\n` });
    }
    expect(await stored(slug)).toEqual(NOTHING);
  });

  test.each([
    ['nobody listens', 'http://127.0.0.1:1', /(?:^|\n)The report was not sent: http:\/\/127\.0\.0\.1:1 cannot be reached \(.+\)\.\n$/],
    ['is no address', 'dx', /^The report was not sent: The server's address "dx" is none: .*\n$/],
    ['is asked in the clear', 'http://defectxray.example', /^The report was not sent: .* would get the credential in the clear: .*\n$/],
  ])('a server where %s', async (_, server, sentence) => {
    const options = ['--project', 'shop', '--server', server, '--timeout', '1s'];
    const answer = await run(['report', `${fixtures}rspec.xml`, ...options], { DEFECTXRAY_TOKEN: 'x' });
    expect(answer).toEqual({ code: 0, stdout: 'Nothing was reported.\n', stderr: expect.stringMatching(sentence) });
  });

  test("CI's own variables, and empty ones, are none of its business", async () => {
    const environment = {
      PORT: 'tcp://10.0.0.1:80',
      NODE_ENV: 'production',
      LOG_LEVEL: 'verbose',
      DEFECTXRAY_URL: '',
      DEFECTXRAY_TOKEN: 'x',
    };
    const { code, stderr } = await run(['report', `${fixtures}rspec.xml`, '--project', 'shop', '--server', clone.url], environment);
    expect([code, stderr]).toEqual([0, 'The report was not sent: UNAUTHENTICATED: The token is not valid.\n']);
  });
});
