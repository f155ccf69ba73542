import { beforeAll, expect, inject, test } from 'vitest';
import { BASE_ROLES } from '../../src/database/identity.ts';
import { backendOf, persona, useDatabase } from '../support/database.ts';
import { type GraphQLAnswer, useServer } from '../support/server.ts';

const REQUESTS = 10_000;
const CLIENTS = 24;
const KILL_EVERY = 100;
const organizations = Object.values(inject('fixture'));

const database = useDatabase();
const server = useServer(database, { DATABASE_POOL_SIZE: '8' });

/** What only one organization's rows say. */
const canary = (slug: string) => `canary of ${slug}.`;
const tokens = new Map<string, string>();

beforeAll(async () => {
  for (const organization of organizations) {
    const { id, slug, home } = organization;
    await database.operator.query(
      `with identity as (select app_private.work_for($1)) insert into ${home}.projects (organization_id, name, slug) select $1, $2, 'canary' from identity`,
      [id, canary(slug)],
    );
    for (const role of BASE_ROLES) tokens.set(`${slug} ${role}`, await server.token(persona(organization, role)));
  }
});

/** One statement in one flight, several in more, and a change. */
const QUERIES = [
  '{ projects { nodes { name } } }',
  '{ projects { nodes { name slug } } me { person { name } } defects(first: 3) { totalCount nodes { title project { name } } } }',
  'query ($n: Int!) { projects(first: $n, orderBy: [NAME_ASC]) { nodes { name tests(first: 2) { nodes { name } } } } }',
];

test(`${REQUESTS} requests of all roles and organizations get their own rows, whichever connections are lost`, async () => {
  const random = seeded(20_261_121);
  const codes = new Map<string, number>();
  const made = new Map<string, number>();
  const tried = new Map<string, number>();
  let sent = 0;
  let killed = 0;
  const one = async () => {
    const n = sent;
    sent += 1;
    const { slug } = pick(organizations, random);
    const role = pick(BASE_ROLES, random);
    const changes = role === 'admin' && random() < 0.3;
    const query = changes
      ? `mutation { createProjectGroup(input: { projectGroup: { name: "${slug} ${n}" } }) { projectGroup { name } } }`
      : pick(QUERIES, random);
    if (changes) tried.set(slug, (tried.get(slug) ?? 0) + 1);
    const answer = await server.post(
      { authorization: `Bearer ${tokens.get(`${slug} ${role}`)}` },
      JSON.stringify({ query, variables: query.includes('$n') ? { n: 1 + Math.floor(random() * 50) } : {} }),
    );
    check(slug, role, answer, query);
    for (const { extensions } of answer.errors) codes.set(extensions.code, (codes.get(extensions.code) ?? 0) + 1);
    if (changes && answer.errors.length === 0) made.set(slug, (made.get(slug) ?? 0) + 1);
    if (n % KILL_EVERY === 0) killed += await killOne(random);
  };
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      while (sent < REQUESTS) await one();
    }),
  );

  expect(killed).toBeGreaterThan(REQUESTS / KILL_EVERY / 2);
  // What a request was refused for was the lost connection, or what its role may not read.
  expect([...codes.keys()].filter((code) => !['UNAVAILABLE', 'FORBIDDEN'].includes(code))).toEqual([]);
  expect(codes.get('UNAVAILABLE') ?? 0).toBeGreaterThan(0);
  for (const { id, slug, home } of organizations) {
    const { rows } = await database.operator.query(
      `select name from ${home}.project_groups where organization_id = $1 and name like '% %'`,
      [id],
    );
    const names = rows.map(({ name }) => name as string).filter((name) => / \d+$/.test(name));
    expect(names.filter((name) => !name.startsWith(`${slug} `))).toEqual([]);
    // A commit whose answer was lost may have been made all the same, and none twice.
    expect(names.length).toBeGreaterThanOrEqual(made.get(slug) ?? 0);
    expect(names.length).toBeLessThanOrEqual(tried.get(slug) ?? 0);
  }
  expect((await server.post({}, JSON.stringify({ query: QUERIES[0] }))).data?.projects ?? null).toBeNull();
}, 300_000);

/** An answer has the canary of its own organization, where its role may read it, and never another's. */
function check(slug: string, role: string, answer: GraphQLAnswer, query: string): void {
  const text = JSON.stringify(answer);
  const found = organizations.filter((other) => text.includes(canary(other.slug))).map((other) => other.slug);
  const mustHave = query === QUERIES[0] && role !== 'ci' && answer.errors.length === 0;
  if (found.some((other) => other !== slug) || (mustHave && found.length === 0)) {
    throw new Error(`The ${role} of ${slug} was answered ${text.slice(0, 2_000)}`);
  }
}

async function killOne(random: () => number): Promise<number> {
  const { rows } = await database.operator.query<{ pid: number }>(
    "select pid from pg_stat_activity where datname = $1 and usename = 'app_user' and pid <> $2 order by pid",
    [database.name, await backendOf(database.api)],
  );
  if (rows.length === 0) return 0;
  await database.operator.query('select pg_terminate_backend($1)', [pick(rows, random).pid]);
  return 1;
}

function pick<T>(list: readonly T[], random: () => number): T {
  return list[Math.floor(random() * list.length)] as T;
}

/** Numbers from 0 to 1, the same each time: the linear congruential generator of Numerical Recipes. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
