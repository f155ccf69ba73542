import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Spool, SpoolFullError } from '../../src/agent/spool.ts';
import { sampleReport } from './sample-report.ts';

const SERVER = 'https://dx.example';
const HOUR_MS = 3_600_000;
let directory: string;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'defectxray-spool-')), 'deep', 'spool');
});
afterEach(() => rmSync(join(directory, '..', '..'), { recursive: true, force: true }));

const names = () => readdirSync(directory).sort();
const failing = (sentence: string) => expect.fail(sentence);

/** What a spool hands out, each removed as if it had been stored. */
async function drain(spool: Spool, server = SERVER, onProblem: (sentence: string) => void = failing): Promise<string[]> {
  const ids: string[] = [];
  for await (const kept of spool.claim(server, onProblem)) {
    ids.push(kept.report.reportId);
    await kept.remove();
  }
  return ids;
}

test('what is kept comes back as it was, the oldest first, over several agents', async () => {
  const [one, two] = [new Spool(directory), new Spool(directory)];
  for (const id of ['a-1', 'a-2', 'a-3']) await one.keep(SERVER, sampleReport(id));
  // Agents that begin in one millisecond have no order; these began one after the other.
  for (const name of names()) renameSync(join(directory, name), join(directory, name.replace(/^\d{15}/, '000000000000007')));
  await two.keep(SERVER, sampleReport('b-1'));
  const reports = [];
  for await (const kept of new Spool(directory).claim(SERVER, failing)) {
    reports.push(kept.report);
    await kept.remove();
  }
  expect(reports).toEqual(['a-1', 'a-2', 'a-3', 'b-1'].map(sampleReport));
  expect(names()).toEqual([]);
});

test('files are for their owner only, and hold no half-written report', async () => {
  await new Spool(directory).keep(SERVER, sampleReport('a'));
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(names().map((name) => [/\.json$/.test(name), statSync(join(directory, name)).mode & 0o777])).toEqual([[true, 0o600]]);
});

test('a spool that is not there is empty, and is not made by looking', async () => {
  expect(await drain(new Spool(directory))).toEqual([]);
  expect(() => names()).toThrow(/ENOENT/);
});

test('it is for one server: what was kept for another stays', async () => {
  const spool = new Spool(directory);
  await spool.keep('https://other.example', sampleReport('theirs'));
  await spool.keep(SERVER, sampleReport('ours'));
  expect(await drain(spool)).toEqual(['ours']);
  expect(await drain(spool, 'https://other.example')).toEqual(['theirs']);
});

test('what is released keeps its place; what is set aside is not handed out again, nor lost', async () => {
  const spool = new Spool(directory);
  for (const id of ['one', 'two', 'three']) await spool.keep(SERVER, sampleReport(id));
  const [first, second] = names();
  for await (const kept of spool.claim(SERVER, failing)) {
    if (kept.report.reportId === 'two') expect(await kept.setAside()).toBe(`${second}.refused`);
    else await kept.release();
  }
  expect(names()).toEqual([first, `${second}.refused`, expect.any(String)]);
  expect(await drain(spool)).toEqual(['one', 'three']);
  expect(JSON.parse(readFileSync(join(directory, `${second}.refused`), 'utf8'))).toMatchObject({
    run: { reportId: 'two' },
    results: [{ name: 'adds' }],
  });
});

test.each([
  ['cut off', '{"version":1,"server":"https://dx.example","ru'],
  ['empty', ''],
  ['something else', '{"version":1,"server":"https://dx.example","run":{"reportId":"a"},"results":[]}'],
  ['of a version to come', JSON.stringify({ version: 2, server: SERVER, run: { ...sampleReport('x'), results: undefined }, results: [] })],
])('a file that is %s is moved aside and said, and the next is sent', async (_, text) => {
  const spool = new Spool(directory);
  await spool.keep(SERVER, sampleReport('broken'));
  await spool.keep(SERVER, sampleReport('whole'));
  const [broken] = names();
  writeFileSync(join(directory, broken ?? ''), text);
  const problems: string[] = [];
  expect(await drain(spool, SERVER, (sentence) => problems.push(sentence))).toEqual(['whole']);
  expect(problems).toEqual([expect.stringContaining(`moved to ${broken}.broken`)]);
  expect(names()).toEqual([`${broken}.broken`]);
  expect(await drain(spool)).toEqual([]);
});

test('it is bounded, by all that is in it', async () => {
  const spool = new Spool(directory, 1_500);
  await spool.keep(SERVER, sampleReport('a'));
  await spool.keep(SERVER, sampleReport('b'));
  await expect(spool.keep(SERVER, { ...sampleReport('c'), branch: 'b'.repeat(400) })).rejects.toThrow(SpoolFullError);
  expect(names()).toHaveLength(2);
  await drain(spool);
  await spool.keep(SERVER, { ...sampleReport('c'), branch: 'b'.repeat(400) });
});

describe('a claim', () => {
  test('of an agent that runs is left alone', async () => {
    const [one, two] = [new Spool(directory), new Spool(directory)];
    await one.keep(SERVER, sampleReport('a'));
    await one.keep(SERVER, sampleReport('b'));
    const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    const claims = one.claim(SERVER, failing);
    await claims.next();
    const [claim] = names().filter((name) => name.endsWith('.claim'));
    renameSync(join(directory, claim ?? ''), join(directory, (claim ?? '').replace(/-\d+\.claim$/, `-${other.pid}.claim`)));
    expect(await drain(two)).toEqual(['b']);
    other.kill('SIGKILL');
    await once(other, 'exit');
    expect(await drain(two)).toEqual(['a']);
  });

  test('of an agent on another machine is given back after hours, not sooner', async () => {
    const spool = new Spool(directory);
    await spool.keep(SERVER, sampleReport('a'));
    const [name] = names();
    const claim = join(directory, `${name}.00000000-1.claim`);
    renameSync(join(directory, name ?? ''), claim);
    expect(await drain(spool)).toEqual([]);
    utimesSync(claim, new Date(), new Date(Date.now() - 3 * HOUR_MS));
    expect(await drain(spool)).toEqual(['a']);
  });

  test('what a dead agent had not finished writing is cleared away after hours', async () => {
    const spool = new Spool(directory);
    await spool.keep(SERVER, sampleReport('a'));
    const unfinished = join(directory, '000000000000001-00000000-000000.json.tmp');
    writeFileSync(unfinished, '{"ver');
    expect(await drain(spool)).toEqual(['a']);
    expect(names()).toHaveLength(1);
    utimesSync(unfinished, new Date(), new Date(Date.now() - 3 * HOUR_MS));
    await drain(spool);
    expect(names()).toEqual([]);
  });
});

test('four agents at once hand out each report once', { timeout: 60_000 }, async () => {
  const spool = new Spool(directory);
  const ids = Array.from({ length: 60 }, (_, n) => `r-${n}`);
  for (const id of ids) await spool.keep(SERVER, sampleReport(id));
  const program = `
    const { Spool } = await import(process.argv[1]);
    const ids = [];
    for await (const kept of new Spool(process.argv[2]).claim('${SERVER}', console.error)) {
      ids.push(kept.report.reportId);
      await new Promise((done) => setTimeout(done, Math.random() * 5));
      // Now and then one is not taken, and goes back.
      if (ids.length % 7 === 0) { await kept.release(); ids.pop(); } else await kept.remove();
    }
    console.log(JSON.stringify(ids));`;
  const module_ = fileURLToPath(new URL('../../src/agent/spool.ts', import.meta.url));
  const agent = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, module_, directory]);
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (err += text));
    await once(child, 'close');
    expect(err).toBe('');
    return JSON.parse(out) as string[];
  };
  const taken = (await Promise.all([agent(), agent(), agent(), agent()])).flat();
  const rest = await drain(spool);
  expect([...taken, ...rest].sort()).toEqual([...ids].sort());
  expect(names()).toEqual([]);
});
