import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { describeRun } from '../../src/agent/detect-run.ts';
import { checkoutOf } from '../../src/agent/git.ts';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'defectxray-git-')));
const repository = join(directory, 'web');
const machine = { os: expect.stringMatching(/^(?:Linux|macOS|Windows)$/), arch: process.arch };
let commit = '';

function git(place: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=ci', '-c', 'user.email=ci@ci.example', '-c', 'commit.gpgsign=false'];
  return execFileSync('git', [...identity, ...args], { cwd: place, encoding: 'utf8' }).trim();
}

beforeAll(() => {
  mkdirSync(repository);
  git(repository, 'init', '--quiet', '--initial-branch', 'release/2.0');
  writeFileSync(join(repository, 'a.txt'), 'a');
  git(repository, 'add', '.');
  git(repository, 'commit', '--quiet', '--message', 'one');
  commit = git(repository, 'rev-parse', 'HEAD');
});

afterAll(() => rmSync(directory, { recursive: true }));

describe('Git says where a directory stands', () => {
  test('on a branch', async () => expect(await checkoutOf(repository)).toEqual({ commit, branch: 'release/2.0' }));

  test('in a folder of the repository', async () => {
    mkdirSync(join(repository, 'deep', 'er'), { recursive: true });
    expect(await checkoutOf(join(repository, 'deep', 'er'))).toEqual({ commit, branch: 'release/2.0' });
  });

  test('with a detached head', async () => {
    const place = join(directory, 'detached');
    git(directory, 'clone', '--quiet', repository, place);
    git(place, 'checkout', '--quiet', '--detach');
    expect(await checkoutOf(place)).toEqual({ commit, branch: null });
  });

  test('in a shallow clone', async () => {
    const place = join(directory, 'shallow');
    git(directory, 'clone', '--quiet', '--depth', '1', `file://${repository}`, place);
    expect(await checkoutOf(place)).toEqual({ commit, branch: 'release/2.0' });
  });

  test('in a repository without a commit, outside of one, and in no directory: nothing', async () => {
    const empty = join(directory, 'empty');
    git(directory, 'init', '--quiet', empty);
    for (const place of [empty, tmpdir(), join(directory, 'none')]) {
      expect(await checkoutOf(place)).toEqual({ commit: null, branch: null });
    }
  });

  test('where Git is not installed: nothing', async () => {
    vi.stubEnv('PATH', join(directory, 'none'));
    expect(await checkoutOf(repository)).toEqual({ commit: null, branch: null });
    vi.unstubAllEnvs();
  });
});

describe('a run', () => {
  const ci = {
    CIRCLECI: 'true',
    CIRCLE_BRANCH: 'main',
    CIRCLE_BUILD_URL: 'https://circleci.com/gh/acme/web/42',
    CIRCLE_JOB: 'unit',
    CIRCLE_SHA1: 'C3A1F0E2B4D6879A5B3C1D0E9F8A7B6C5D4E3F2A',
    CIRCLE_WORKFLOW_ID: 'w1',
  };

  test('of a CI system is what its environment says', async () => {
    expect(await describeRun({}, ci, repository)).toEqual({
      ciProvider: 'circleci',
      runKey: 'circleci-w1',
      shard: 'unit',
      commitSha: 'c3a1f0e2b4d6879a5b3c1d0e9f8a7b6c5d4e3f2a',
      branch: 'main',
      runUrl: 'https://circleci.com/gh/acme/web/42',
      environment: machine,
    });
  });

  test('is what is said, option for option', async () => {
    const said = {
      ciProvider: 'ours',
      runKey: 'r',
      shard: 's',
      commit: 'abcdef1',
      branch: 'b',
      runUrl: 'https://ci.example/1',
      environment: { browser: 'firefox', os: 'Plan 9' },
    };
    expect(await describeRun(said, ci, repository)).toEqual({
      ciProvider: 'ours',
      runKey: 'r',
      shard: 's',
      commitSha: 'abcdef1',
      branch: 'b',
      runUrl: 'https://ci.example/1',
      environment: { os: 'Plan 9', arch: process.arch, browser: 'firefox' },
    });
  });

  test('outside of a CI system is what Git says, and has no key', async () => {
    expect(await describeRun({}, {}, repository)).toEqual({
      ciProvider: null,
      runKey: null,
      shard: null,
      commitSha: commit,
      branch: 'release/2.0',
      runUrl: null,
      environment: machine,
    });
  });

  test('takes from Git what the CI system leaves out, but no branch for a tag', async () => {
    const { CIRCLE_BRANCH: _, CIRCLE_SHA1: _sha, ...silent } = ci;
    expect(await describeRun({}, silent, repository)).toMatchObject({ commitSha: commit, branch: 'release/2.0' });
    expect(await describeRun({}, { ...silent, CIRCLE_TAG: 'v1' }, repository)).toMatchObject({
      commitSha: commit,
      branch: null,
      environment: { tag: 'v1' },
    });
  });

  test('is made to fit: a long name keeps its difference, what is no address or commit is left out', async () => {
    const long = { ...ci, CIRCLE_JOB: 'j'.repeat(300), CIRCLE_BRANCH: 'b'.repeat(900), CIRCLE_BUILD_URL: 'javascript:1' };
    const one = await describeRun({}, { ...long, CIRCLE_SHA1: 'HEAD' }, tmpdir());
    const two = await describeRun({}, { ...long, CIRCLE_JOB: `${'j'.repeat(300)}2` }, tmpdir());
    expect([one.shard?.length, one.branch?.length, one.runUrl, one.commitSha]).toEqual([100, 500, null, null]);
    expect(two.shard).not.toBe(one.shard);
  });
});
