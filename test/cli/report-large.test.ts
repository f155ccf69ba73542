import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, expect, inject, test } from 'vitest';
import { persona } from '../support/database.ts';
import { clearAway, run, temporaryDirectory } from './command-line.ts';
import { useServedClone } from './served-clone.ts';

const { acme } = inject('fixture');
const developer = persona(acme, 'developer');
const clone = useServedClone();
const directory = temporaryDirectory();

afterAll(() => clearAway(directory, []));

function* cases(count: number): Generator<string> {
  yield '<testsuites>';
  for (let n = 0; n < count; n += 1) {
    if (n % 500 === 0) yield `${n === 0 ? '' : '</testsuite>'}<testsuite name="suite ${n / 500}">`;
    const failure = n % 50 === 0 ? `<failure type="E${n % 1_000}" message="${n} is wrong">at f${n % 1_000} (a.js:1:1)</failure>` : '';
    yield `<testcase classname="c${n % 100}" name="test ${n}" time="0.001">${failure}</testcase>\n`;
  }
  yield '</testsuite></testsuites>';
}

test('100,000 tests in one file are stored in full', { timeout: 240_000 }, async () => {
  const path = join(directory, 'large.xml');
  await pipeline(Readable.from(cases(100_000)), createWriteStream(path));
  const environment = { DEFECTXRAY_URL: clone.url, DEFECTXRAY_TOKEN: await clone.token(developer) };
  const send = async () => {
    const began = performance.now();
    const { code, stdout, stderr } = await run(['report', path, '--project', 'shop', '--run-key', 'large', '--json'], environment);
    expect([code, stderr]).toEqual([0, '']);
    return { answer: JSON.parse(stdout), seconds: ((performance.now() - began) / 1000).toFixed(1) };
  };
  const counted = async () => {
    const { rows } = await clone.database.operator.query(
      `select (select count(*)::int from app.tests where project_id = $1 and name ~ '^test ') as tests,
              (select count(*)::int from app.defect_occurrences where project_id = $1) as occurrences,
              (select passed_count from app.test_runs where project_id = $1 and run_key = 'large') as passed`,
      [acme.project],
    );
    return rows[0];
  };
  const before = await counted();
  const first = await send();
  expect(first.answer).toMatchObject({
    problems: [],
    results: 100_000,
    passed: 98_000,
    failed: 2_000,
    newTests: 100_000,
    batches: 50,
    replayedBatches: 0,
  });
  expect(await counted()).toEqual({ tests: 100_000, occurrences: before.occurrences + 2_000, passed: 98_000 });
  console.info(`100,000 tests were read, sent and stored in ${first.seconds} s`);
});

test('where the server stops half-way, whole batches are stored, and sending it again adds the rest', { timeout: 60_000 }, async () => {
  const path = join(directory, 'half.xml');
  await pipeline(Readable.from(cases(5_000)), createWriteStream(path));
  const token = await clone.token(developer);
  const args = ['report', path, '--project', 'billing', '--run-key', 'half', '--json'];
  const stored = async () => {
    const { rows } = await clone.database.operator.query<{ tests: number }>(
      "select count(*)::int as tests from app.tests where project_id = $1 and name ~ '^test '",
      [acme.otherProject],
    );
    return rows[0]?.tests;
  };
  await clone.database.operator.query(
    `alter table app.tests add constraint tests_broken check (name <> 'test 3000' or project_id <> '${acme.otherProject}')`,
  );
  const half = await run(args, { DEFECTXRAY_URL: clone.url, DEFECTXRAY_TOKEN: token });
  expect(half.code).toBe(0);
  expect(JSON.parse(half.stdout)).toMatchObject({
    results: 2_000,
    batches: 1,
    problems: [expect.stringMatching(/^The report was not sent further: /)],
  });
  expect(await stored()).toBe(2_000);
  await clone.database.operator.query('alter table app.tests drop constraint tests_broken');
  const rest = await run(args, { DEFECTXRAY_URL: clone.url, DEFECTXRAY_TOKEN: token });
  expect(JSON.parse(rest.stdout)).toMatchObject({ results: 5_000, batches: 3, replayedBatches: 1, problems: [] });
  expect(await stored()).toBe(5_000);
});
