import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { persona } from '../support/database.ts';
import { ask, clearAway, run, temporaryDirectory } from './command-line.ts';
import { useServedClone } from './served-clone.ts';

const { acme, globex } = inject('fixture');
const clone = useServedClone();

const command = (...args: string[]) => run(args, clone.environment);

describe('help', () => {
  const commands = [
    'serve',
    'migrate',
    'doctor',
    'doctor explain',
    'token',
    'report',
    'analytics',
    'analytics grant',
    'analytics revoke',
    'analytics list',
    'orgs',
    'orgs create',
  ];

  test('of the program lists every command', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const name of commands.filter((command) => !command.includes(' '))) expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
  });

  test.each(commands)('of %s', async (name) => {
    const { code, stdout, stderr } = await run([...name.split(' '), '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: defectxray /);
    expect(stdout).toContain('--json');
  });
});

describe('arguments that are wrong', () => {
  test.each([
    ['an unknown command', ['deploy-all'], /^unknown command 'deploy-all'/],
    ['an unknown option', ['serve', '--prot=1'], /^unknown option '--prot=1'/],
    ['a missing option', ['token', '--org', 'acme'], /^required option '--role <role>' not specified/],
    ['hours that are none', ['token', '--hours', 'x'], /^option '--hours <n>' argument 'x' is invalid\. It must be a number of hours/],
  ])('%s: help for people, one document for programs, not zero', async (_, args, sentence) => {
    const [people, programs] = await Promise.all([run(args), run([...args, '--json'])]);
    expect([people.code, people.stdout, programs.code, programs.stdout]).toEqual([1, '', 1, '']);
    expect(people.stderr).toMatch(sentence);
    expect(people.stderr).toContain('\nUsage: defectxray');
    expect(JSON.parse(programs.stderr)).toEqual({ error: expect.stringMatching(sentence) });
  });
});

describe('token', () => {
  test('is for a role, a member and a project, as the server sees them', async () => {
    const { code, stdout, stderr } = await command(
      'token',
      '--org',
      'globex',
      '--role',
      'engineer',
      '--user',
      'Engineer@globex.example',
      '--json',
    );
    expect([code, stderr]).toEqual([0, '']);
    const minted = JSON.parse(stdout);
    expect(minted).toEqual({
      token: expect.any(String),
      organizationId: globex.id,
      role: 'engineer',
      userId: globex.users.engineer,
      projectId: null,
    });
    const mine = await ask(clone.url, minted.token, '{ organizations { nodes { slug } } }');
    expect(mine.organizations.nodes).toEqual([{ slug: 'globex' }]);

    const ci = await command('token', '--org', 'acme', '--role', 'ci', '--project', 'shop');
    expect((await ask(clone.url, ci.stdout.trim(), '{ projects { nodes { slug } } }')).projects.nodes).toEqual([{ slug: 'shop' }]);
  });

  test('by the id of the member, and for so many hours', async () => {
    const { stdout } = await command('token', '--org', 'acme', '--role', 'auditor', '--user', acme.users.auditor, '--hours', '0.5');
    const claims = JSON.parse(Buffer.from(stdout.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ sub: acme.users.auditor, org: acme.id, role: 'auditor' });
    expect(claims.exp - claims.iat).toBe(1_800);
  });

  test.each([
    ['organization', ['--org', 'umbrella', '--role', 'admin'], 'There is no organization "umbrella".'],
    [
      'role',
      ['--org', 'acme', '--role', 'root'],
      'There is no role "root": choose one of admin, developer, engineer, auditor, analyst, member, ci.',
    ],
    ['member', ['--org', 'acme', '--role', 'admin', '--user', 'x@y.z'], 'Nobody in acme has the e-mail address or id "x@y.z".'],
    [
      "other organization's member",
      ['--org', 'acme', '--role', 'admin', '--user', 'admin@globex.example'],
      'Nobody in acme has the e-mail address or id "admin@globex.example".',
    ],
    ['project', ['--org', 'acme', '--role', 'ci', '--project', 'none'], 'There is no project "none" in acme.'],
    [
      "role of that member's",
      ['--org', 'acme', '--role', 'admin', '--user', 'member@acme.example'],
      'member@acme.example is member in acme, not admin.',
    ],
  ])('there is no such %s', async (_, args, sentence) => {
    expect(await command('token', ...args)).toEqual({ code: 1, stdout: '', stderr: `${sentence}\n` });
  });

  test('is refused in production, as one document where that is asked for', async () => {
    const { code, stdout, stderr } = await run(['token', '--org', 'acme', '--role', 'admin', '--json'], {
      ...clone.environment,
      NODE_ENV: 'production',
    });
    expect([code, stdout, JSON.parse(stderr)]).toEqual([1, '', { error: 'Development tokens are not minted in production.' }]);
  });

  test('needs a database, and says so', async () => {
    const directory = temporaryDirectory();
    onTestFinished(() => clearAway(directory, []));
    const refused = await run(['token', '--org', 'acme', '--role', 'admin'], { DATA_DIR: join(directory, 'data') });
    expect(refused).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^There is no database: start one with "npm start".*\n$/),
    });
    expect(existsSync(join(directory, 'data'))).toBe(false);
  });
});

describe('orgs create', () => {
  test.each([
    ['shared', 'umbrella', 'app'],
    ['schema', 'wonka', 'wonka'],
  ])('in the %s tier: usable at once, and ready when made again', async (tier, slug, home) => {
    const args = [
      'orgs',
      'create',
      slug,
      '--isolation',
      tier,
      '--name',
      'A name',
      '--region',
      'eu-central',
      '--admin',
      `boss@${slug}.example`,
    ];
    const first = await command(...args, '--json');
    expect([first.code, first.stderr]).toEqual([0, '']);
    const made = JSON.parse(first.stdout);
    expect(made).toEqual({ slug, id: expect.any(String), home: expect.stringContaining(home), state: 'ready' });

    const { stdout } = await command('token', '--org', slug, '--role', 'admin', '--user', `boss@${slug}.example`);
    const mutation = 'mutation { createProject(input: { project: { slug: "first", name: "First" } }) { project { slug } } }';
    await ask(clone.url, stdout.trim(), mutation);
    const seen = await ask(
      clone.url,
      stdout.trim(),
      '{ organizations { nodes { slug name } } people { nodes { email } } projects { nodes { slug } } }',
    );
    expect(seen).toEqual({
      organizations: { nodes: [{ slug, name: 'A name' }] },
      people: { nodes: [{ email: `boss@${slug}.example` }] },
      projects: { nodes: [{ slug: 'first' }] },
    });
    // Neither sees the other.
    expect(
      (await clone.ask(persona(acme, 'admin'), '{ projects(filter: { slug: { equalTo: "first" } }) { totalCount } }')).projects.totalCount,
    ).toBe(0);

    expect(JSON.parse((await command(...args, '--json')).stdout)).toEqual(made);
    const other = await command(...args, '--isolation', tier === 'shared' ? 'schema' : 'shared');
    expect(other).toEqual({
      code: 1,
      stdout: '',
      stderr: `The organization "${slug}" exists already, in the other isolation tier or deleted.\n`,
    });
    expect((await command(...args)).stdout).toBe(`The organization ${slug} is ready; its rows live in schema ${made.home}.\n`);
  });

  test.each([
    ['slug', ['9Lives', '--admin', 'a@b.c'], /^The slug "9Lives" must begin with a lower-case letter.*\n$/],
    ['slug that would be SQL', ['a"; drop schema app', '--admin', 'a@b.c'], /^The slug .* must begin with a lower-case letter.*\n$/],
    ['e-mail address', ['initrode', '--admin', 'boss'], 'The e-mail address "boss" must be of the form name@domain.\n'],
    ['region', ['initrode', '--admin', 'a@b.c', '--region', 'moon'], 'There is no region "moon".\n'],
    ['tier', ['initrode', '--admin', 'a@b.c', '--isolation', 'cloud'], /Allowed choices are shared, schema/],
  ])('refuses a wrong %s, and makes nothing', async (_, args, sentence) => {
    const { code, stdout, stderr } = await command('orgs', 'create', ...args);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toEqual(typeof sentence === 'string' ? sentence : expect.stringMatching(sentence));
    const { rowCount } = await clone.database.operator.query(
      "select from app.organizations where slug not in ('acme', 'initech', 'globex', 'umbrella', 'wonka')",
    );
    expect(rowCount).toBe(0);
  });

  test('asks before it makes who has an account an administrator', async () => {
    const args = ['orgs', 'create', 'hooli', '--admin', 'Member@acme.example'];
    expect(await command(...args)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'There is an account with the e-mail address "Member@acme.example" already. If it is that person\'s, who is to run this organization too, add --existing-user.\n',
    });
    expect((await clone.database.operator.query("select from app.organizations where slug = 'hooli'")).rowCount).toBe(0);
    expect((await command(...args, '--existing-user')).code).toBe(0);
    // It is a member now: nothing is left to ask.
    expect((await command(...args)).code).toBe(0);
  });

  test("needs the operator's connection, and no other", async () => {
    const { DATA_DIR, DATABASE_URL, OPERATOR_DATABASE_URL } = clone.environment;
    const args = ['orgs', 'create', 'umbrella', '--admin', 'boss@umbrella.example'];
    expect(await run(args, { DATA_DIR, DATABASE_URL })).toEqual({
      code: 1,
      stdout: '',
      stderr: "This command needs the operator's connection: set OPERATOR_DATABASE_URL.\n",
    });
    expect((await run(args, { DATA_DIR, OPERATOR_DATABASE_URL })).code).toBe(0);
  });
});
