import type { Page, Request } from 'playwright-core';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { Passwords } from '../../src/auth/passwords.ts';
import { createOrganization } from '../../src/database/organizations.ts';
import { useBrowser } from '../support/browser.ts';
import { persona, useDatabase } from '../support/database.ts';
import { DETAILS } from '../support/fixture.ts';
import { type GraphQLAnswer, useServer } from '../support/server.ts';

const { acme } = inject('fixture');
const database = useDatabase();
const server = useServer(database, { NODE_ENV: 'development' });
const browser = useBrowser();
const PASSWORD = 'correct horse battery staple';
const WHO = '{ me { role } }';
const DEFECTS = '{ defects { nodes { failureDetails } } }';

/** The bar over Ruru, and Ruru's editor and answer, as a person meets them. */
function ide(page: Page) {
  const bar = page.locator('.sign-in');
  const sees = async (selector: string, text: string) => {
    // The editor wraps lines by more spaces.
    const read = async () => ((await page.locator(selector).textContent()) ?? '').replaceAll(/\s+/g, ' ');
    await expect.poll(read, { timeout: 10_000 }).toContain(text);
  };
  return {
    bar,
    async signIn(email: string, password = PASSWORD, organization = '') {
      await bar.getByLabel('E-mail').fill(email);
      await bar.getByLabel('Organization').fill(organization);
      await bar.getByLabel('Password').fill(password);
      await bar.getByLabel('Password').press('Enter');
    },
    async run(query: string) {
      await page.locator('.graphiql-query-editor .view-lines').click();
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.insertText(query);
      // What the editor has closed by itself.
      await page.keyboard.press('ControlOrMeta+Shift+End');
      await page.keyboard.press('Delete');
      await page.getByRole('button', { name: /execute/i }).click();
    },
    status: (text: string) => sees('.sign-in [role=status]', text),
    problem: (text: string) => sees('.sign-in [role=alert]', text),
    answered: async () => (await page.locator('.result-window .view-lines').textContent()) ?? '',
    answer: (text: string) => sees('.result-window .view-lines', text),
  };
}

/** How many operations with a field were sent. */
const sent = (requests: readonly Request[], field: string) =>
  requests.filter((request) => request.postData()?.includes(`${field}(`)).length;

/** Asks as a page's script does. */
const ask = (page: Page, query: string, headers: Record<string, string> = {}) =>
  page.evaluate(
    async (init) => {
      const response = await fetch('/graphql', init);
      return { status: response.status, data: ((await response.json()) as GraphQLAnswer).data };
    },
    { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }) },
  );

/** The sessions of a person that a browser has started and that go on. */
async function openSessions(userId: string): Promise<number> {
  const { rowCount } = await database.operator.query(
    'select from app.sessions where user_id = $1 and user_agent is not null and revoked_at is null',
    [userId],
  );
  return rowCount ?? 0;
}

beforeAll(async () => {
  await createOrganization(database.operatorUrl, database.encryptionKey, {
    slug: 'hooli',
    name: 'Hooli',
    region: 'eu-central',
    isolation: 'shared',
    members: [{ email: 'auditor@acme.example', name: 'auditor of both', role: 'member' }],
    mayKnowMembers: true,
  });
  const hash = await new Passwords(2).hash(PASSWORD);
  await database.operator.query('insert into app_private.passwords (user_id, hash) select id, $1 from app.users', [hash]);
});

describe('signing in at the IDE', () => {
  test.each([
    ['admin', DEFECTS, JSON.stringify(DETAILS)],
    ['developer', DEFECTS, 'Expected total of \\"<value>\\" to be 42'],
    ['analyst', DEFECTS, '"FORBIDDEN"'],
    ['analyst', '{ maskedDefects { nodes { failureDetails } } }', '"masked:'],
  ] as const)('as %s: %s', async (role, query, shown) => {
    const { page, end } = await browser.open(`${server.url}/`);
    const { run, answer, signIn, status } = ide(page);
    await run(WHO);
    await answer('"me": null');
    await signIn(`${role}@acme.example`);
    await status(`${role} of acme, ${role} in acme`);
    await run(query);
    await answer(shown);
    await end();
  });

  test('lets one follow what happens, with the session of the bar', async () => {
    const { page, end } = await browser.open(`${server.url}/`);
    const { run, answer, answered, signIn, status } = ide(page);
    await signIn('developer@acme.example');
    await status('developer in acme');
    // The editor takes a moment to see that it is a subscription, and sends it as a query until then.
    const follow = async () => {
      await run('subscription { defectReported { defect { title } } }');
      await page.waitForTimeout(200);
      return answered();
    };
    await expect.poll(follow, { timeout: 10_000 }).not.toContain('WebSocket');
    const told = answer('"title": "Told in the IDE"').then(() => true);
    // Nobody is told when a subscription has begun.
    const open = async () => {
      await server.query(
        persona(acme, 'admin'),
        `mutation { createDefect(input: { defect: { projectId: "${acme.project}", title: "Told in the IDE" } }) { clientMutationId } }`,
      );
      await page.waitForTimeout(200);
      return false;
    };
    while (!(await Promise.race([told, open()])));
    await end();
  });

  test('with a wrong password gives the sentence of the API, and lets one try again', async () => {
    const { page, end } = await browser.open(`${server.url}/`);
    const { bar, signIn, problem, status } = ide(page);
    await signIn('member@acme.example', 'a wrong password');
    await problem('The e-mail address or the password is wrong.');
    await bar.locator('[name=password]:focus').waitFor();
    await signIn('member@acme.example');
    await status('member in acme');
    expect(await bar.getByRole('alert').textContent()).toBe('');
    expect(await bar.getByLabel('Password').inputValue()).toBe('');
    await end();
  });

  test('to another organization of the same person', async () => {
    const { page, end } = await browser.open(`${server.url}/`);
    const { bar, signIn, status, run, answer } = ide(page);
    await signIn('auditor@acme.example', PASSWORD, 'hooli');
    await status('member in hooli');
    await bar.getByRole('button', { name: 'Sign out' }).click();
    await signIn('auditor@acme.example', PASSWORD, 'acme');
    await status('auditor in acme');
    await run(WHO);
    await answer('"AUDITOR"');
    await end();
  });
});

describe('a session at the IDE', () => {
  test('outlives a reload, and not a sign-out', async () => {
    const { page, requests, end } = await browser.open(`${server.url}/`);
    const { bar, signIn, status, run, answer } = ide(page);
    await signIn('engineer@acme.example');
    await status('engineer in acme');
    await page.reload();
    await status('engineer in acme');
    await page.goto(`${server.url}/health/live`);
    await page.goBack();
    await status('engineer in acme');
    await run(WHO);
    await answer('"ENGINEER"');
    expect(sent(requests, 'refreshSession')).toBe(0);
    expect(await openSessions(acme.users.engineer)).toBe(1);

    await bar.getByRole('button', { name: 'Sign out' }).click();
    await bar.locator('[name=email]:focus').waitFor();
    await run(WHO);
    await answer('"me": null');
    await page.reload();
    await bar.getByLabel('E-mail').waitFor();
    expect(await openSessions(acme.users.engineer)).toBe(0);
    await end();
  });

  test('is refreshed before its token ends, once for all requests that wait', async () => {
    const { page, requests, end } = await browser.open(`${server.url}/`);
    const { signIn, status, run, answer } = ide(page);
    await signIn('developer@acme.example');
    await status('developer in acme');
    await page.evaluate(() => {
      const { now } = Date;
      Date.now = () => now() + 14.6 * 60_000;
    });
    for (const { data } of await Promise.all([ask(page, WHO), ask(page, WHO), ask(page, WHO)])) expect(data.me.role).toBe('DEVELOPER');
    expect(sent(requests, 'refreshSession')).toBe(1);
    await run(WHO);
    await answer('"DEVELOPER"');
    await end();
  });

  test('is refreshed where its token is refused, and the request sent again', async () => {
    const { page, requests, end } = await browser.open(`${server.url}/`, [/401/]);
    const { signIn, status, run, answer } = ide(page);
    await signIn('developer@acme.example');
    await status('developer in acme');
    const spoilt = (request: Request) => request.postData()?.includes(JSON.stringify(WHO)) ?? false;
    await page.route('**/graphql', (route, request) =>
      spoilt(request) && sent(requests, 'refreshSession') === 0
        ? route.continue({ headers: { ...request.headers(), authorization: 'Bearer e30.e30.e30' } })
        : route.continue(),
    );
    await run(WHO);
    await answer('"DEVELOPER"');
    expect(sent(requests, 'refreshSession')).toBe(1);
    expect(requests.filter(spoilt)).toHaveLength(2);
    await end();
  });

  test('that was ended elsewhere is said to be, and is one no longer', async () => {
    const { page, end } = await browser.open(`${server.url}/`);
    const { bar, signIn, status, run, answer, problem } = ide(page);
    await signIn('member@acme.example');
    await status('member in acme');
    await database.operator.query('update app.sessions set revoked_at = now() where user_id = $1', [acme.users.member]);
    await run(DEFECTS);
    await answer('"UNAUTHENTICATED"');
    await problem('The session has ended: sign in again.');
    await bar.getByLabel('E-mail').waitFor();
    await run(WHO);
    await answer('"me": null');
    await end();
  });

  test('is of one tab: another, with a copy of what the first has stored, has none', async () => {
    const { page, requests, end } = await browser.open(`${server.url}/`);
    const { signIn, status } = ide(page);
    await signIn('developer@acme.example');
    await status('developer in acme');
    await page.reload();
    await status('developer in acme');
    await page.evaluate(() => sessionStorage.setItem('marker', 'copied'));
    const opened = page.waitForEvent('popup');
    await page.evaluate("void open('/')");
    const other = await opened;
    await ide(other).bar.getByLabel('E-mail').waitFor();
    expect(await other.evaluate(() => ({ ...sessionStorage }))).toEqual({ marker: 'copied' });
    expect((await ask(other, WHO)).data).toEqual({ me: null });
    expect((await ask(page, WHO)).data).toEqual({ me: { role: 'DEVELOPER' } });
    expect(sent(requests, 'refreshSession')).toBe(0);
    await end();
  });

  test('gives way to an Authorization header of the editor', async () => {
    const { page, requests, end } = await browser.open(`${server.url}/`, [/401/]);
    const { signIn, status } = ide(page);
    await signIn('developer@acme.example');
    await status('developer in acme');
    expect((await ask(page, WHO, { authorization: 'Bearer e30.e30.e30' })).status).toBe(401);
    expect(sent(requests, 'refreshSession')).toBe(0);
    await end();
  });

  test('leaves its tokens, and the password, nowhere: not in an address, a log or what the browser stores', async () => {
    const { page, requests, end } = await browser.open(`${server.url}/`);
    const { signIn, status, run, answer } = ide(page);
    const answered = page.waitForResponse((response) => response.request().postData()?.includes('signIn(') ?? false);
    await signIn('developer@acme.example');
    await status('developer in acme');
    const { accessToken, refreshToken } = ((await (await answered).json()) as GraphQLAnswer).data.signIn as Record<string, string>;
    await run(WHO);
    await answer('"DEVELOPER"');
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    const cookies = await page.context().cookies();
    expect(stored).toContain('graphiql:');
    expect(cookies).toEqual([]);
    const traces = [stored, ...requests.map((request) => request.url()), ...server.log].join('\n');
    for (const secret of [accessToken, refreshToken, PASSWORD]) expect(traces).not.toContain(secret);
    const bearers = requests.filter((request) => request.headers().authorization !== undefined);
    expect(new Set(bearers.map((request) => request.url()))).toEqual(new Set([`${server.url}/graphql`]));
    await end();
  });
});
