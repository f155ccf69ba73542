import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { Credential } from '../../src/agent/credential.ts';
import { SendError } from '../../src/agent/send-mutation.ts';
import { type Scripted, type ScriptedServer, scriptedServer } from './scripted-server.ts';

const AUDIENCE = 'https://dx.example';
let server: ScriptedServer | undefined;

afterEach(async () => {
  vi.unstubAllEnvs();
  await server?.close();
  server = undefined;
});

function find(environment: Record<string, string>, token: string | null = null, serviceConnection: string | null = null): Credential {
  return Credential.find({ token, audience: AUDIENCE, serviceConnection, variable: (name) => environment[name] || null });
}

/** A token in the form of a JWT that ends in so many seconds. */
function jwt(name: string, seconds: number): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${encode({ alg: 'RS256' })}.${encode({ jti: name, exp: Math.floor(Date.now() / 1_000) + seconds })}.c2lnbmF0dXJl`;
}

/** As GitHub's runner gives it to a job: the address has a query already. */
async function github(...script: Scripted[]): Promise<Record<string, string>> {
  server = await scriptedServer(...script);
  return {
    GITHUB_ACTIONS: 'true',
    ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url.origin}/idtoken/1/2?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
  };
}

test('a token that is given goes before those of the CI system', async () => {
  const environment = { DEFECTXRAY_ID_TOKEN: 'theirs', CIRCLE_OIDC_TOKEN_V2: 'theirs' };
  expect(await find(environment, 'dxk_given').token()).toBe('dxk_given');
});

describe('GitHub Actions', () => {
  test('is asked for a token that is meant for the server', async () => {
    const given = jwt('one', 300);
    const credential = find(await github({ body: { count: given.length, value: given } }));
    expect(await credential.token()).toBe(given);
    const [asked] = server?.asked ?? [];
    expect(asked).toMatchObject({ method: 'GET', headers: { authorization: 'Bearer request-token' } });
    expect(new URL(asked?.url ?? '', AUDIENCE).searchParams).toEqual(new URLSearchParams({ 'api-version': '2.0', audience: AUDIENCE }));
  });

  test('is asked again where the token ends within a minute, and only then', async () => {
    const tokens = [jwt('one', 50), jwt('two', 300), jwt('three', 300)];
    const credential = find(await github(...tokens.map((value) => ({ body: { value } }))));
    expect([await credential.token(), await credential.token(), await credential.token()]).toEqual([tokens[0], tokens[1], tokens[1]]);
  });

  test.each<[string, Scripted, boolean]>([
    ['refuses', { status: 403, body: { value: 'not-for-you' } }, false],
    ['is not well', { status: 503, body: {} }, true],
    ['hangs up', null, true],
    ['answers something else', { body: '<html>secret</html>' }, false],
    ['gives nothing', { body: { value: '' } }, false],
  ])('that %s: nothing of its answer is told', async (_, answer, isPassing) => {
    const credential = find(await github(answer));
    const error = await credential.token().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SendError);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', isPassing });
    expect((error as Error).message).toMatch(/^GitHub Actions /);
    expect((error as Error).message).not.toMatch(/secret|not-for-you|request-token/);
  });

  test('is not asked in the clear', async () => {
    const environment = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://pipelines.example/x', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token' };
    await expect(find(environment).token()).rejects.toThrow(/in the clear/);
  });
});

describe('Azure DevOps', () => {
  const asked = async (serviceConnection: string | null) => {
    server = await scriptedServer({ body: { oidcToken: 'azure-token' } });
    const environment = {
      SYSTEM_ACCESSTOKEN: 'access-token',
      SYSTEM_OIDCREQUESTURI: `${server.url.origin}/acme/1/_apis/distributedtask/hubs/build/plans/2/jobs/3/oidctoken`,
    };
    expect(await find(environment, null, serviceConnection).token()).toBe('azure-token');
    const [request] = server.asked;
    expect(request).toMatchObject({
      method: 'POST',
      headers: { authorization: 'Bearer access-token', 'content-type': 'application/json' },
    });
    return [...new URL(request?.url ?? '', AUDIENCE).searchParams];
  };

  test("gives the pipeline's token", async () => expect(await asked(null)).toEqual([['api-version', '7.1']]));

  test("gives a service connection's", async () => {
    expect(await asked('5f1c')).toEqual([
      ['api-version', '7.1'],
      ['serviceConnectionId', '5f1c'],
    ]);
  });
});

test.each([
  ['GitLab', 'DEFECTXRAY_ID_TOKEN'],
  ['CircleCI', 'CIRCLE_OIDC_TOKEN_V2'],
  ['Bitbucket', 'BITBUCKET_STEP_OIDC_TOKEN'],
])('%s has it in %s', async (_, variable) => {
  expect(await find({ [variable]: 'from-the-environment' }).token()).toBe('from-the-environment');
});

describe('Buildkite', () => {
  const environment = { BUILDKITE: 'true', BUILDKITE_AGENT_ACCESS_TOKEN: 'agent-token' };

  /** A program in the agent's place, first in the PATH. */
  function agent(script: string): string {
    const directory = mkdtempSync(join(tmpdir(), 'defectxray-buildkite-'));
    const path = join(directory, 'buildkite-agent');
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    vi.stubEnv('PATH', `${directory}${delimiter}${process.env.PATH}`);
    return directory;
  }

  test('is asked by its agent, with no token among the arguments', async () => {
    const directory = agent('echo "$@" > "$(dirname "$0")/arguments"; echo buildkite-token');
    expect(await find(environment).token()).toBe('buildkite-token');
    expect(readFileSync(join(directory, 'arguments'), 'utf8')).toBe(`oidc request-token --audience ${AUDIENCE}\n`);
    rmSync(directory, { recursive: true });
  });

  test('that refuses: nothing that it wrote is told', async () => {
    const directory = agent('echo half-a-token; echo secret >&2; exit 3');
    await expect(find(environment).token()).rejects.toThrow(/^buildkite-agent gave no token \(3\)\.$/);
    rmSync(directory, { recursive: true });
  });
});

describe('without a credential, what to set is said', () => {
  test.each([
    [{}, 'There is no credential: set DEFECTXRAY_TOKEN, or give --token.'],
    [{ GITHUB_ACTIONS: 'true' }, /"permissions: id-token: write"/],
    [{ GITLAB_CI: 'true' }, /"id_tokens: DEFECTXRAY_ID_TOKEN"/],
    [{ TF_BUILD: 'True', SYSTEM_OIDCREQUESTURI: 'https://dev.azure.com/x' }, /SYSTEM_ACCESSTOKEN: \$\(System\.AccessToken\)/],
    [{ BITBUCKET_BUILD_NUMBER: '7' }, /"oidc: true"/],
  ])('%j', (environment, sentence) => expect(() => find(environment)).toThrow(sentence));
});

test.each(['eyJh\nsecret', 'secret…', 'two words'])('a credential that would break a header is not repeated: %j', (token) => {
  expect(() => find({}, token)).toThrow(/^The credential holds characters that no credential has/);
});
