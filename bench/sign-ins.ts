// What many sign-ins at once do to everybody else: the latency of queries without and with 200 sign-ins under way, in
// alternating rounds of one run, and how many sign-ins end in a second.
//
//   npm run -s bench:sign-ins [-- <rounds>]
import '../src/graphile-env.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoPassword } from '../src/cli/seed.ts';
import { withClient } from '../src/database/connection.ts';
import { databaseUrls } from '../src/database/development.ts';
import { localEncryptionKey } from '../src/database/encryption-key.ts';
import { createOrganization } from '../src/database/organizations.ts';
import { ready, serve, stop } from './served.ts';

const PEOPLE = 200;
const READERS = 8;
const ROUND_MS = 10_000;
const QUERY = '{ projects(first: 20) { nodes { name defects(first: 5) { totalCount nodes { title severity status } } } } }';
const SIGN_IN = 'mutation ($email: String!, $password: String!) { signIn(input: { email: $email, password: $password }) { accessToken } }';

interface Round {
  /** Milliseconds, sorted. */
  readonly latencies: readonly number[];
  readonly signIns: number;
}

const rounds = Number(process.argv[2] ?? 3);
const directory = mkdtempSync(join(tmpdir(), 'defectxray-bench-'));
const server = serve(directory);
try {
  const url = await ready(server);
  const config = { DATA_DIR: directory, DATABASE_URL: undefined, OPERATOR_DATABASE_URL: undefined };
  const password = demoPassword(config);
  await makePeople(databaseUrls(config).operatorUrl as string);
  const reader = (await ask(url, SIGN_IN, { email: 'developer@acme.example', password })) as { signIn: { accessToken: string } };
  const token = reader.signIn.accessToken;
  await round(url, token, 0, password);
  const [alone, beside]: [Round[], Round[]] = [[], []];
  for (let n = 0; n < rounds; n += 1) {
    alone.push(await round(url, token, 0, password));
    beside.push(await round(url, token, PEOPLE, password));
    report(n, alone[n] as Round, beside[n] as Round);
  }
} finally {
  await stop(server);
  rmSync(directory, { recursive: true, force: true });
}

/** An organization with people who have the demo's password. */
async function makePeople(operatorUrl: string): Promise<void> {
  await createOrganization(operatorUrl, localEncryptionKey({ DATA_DIR: directory, ENCRYPTION_KEY: undefined }), {
    slug: 'crowd',
    name: 'Crowd',
    region: 'eu-central',
    isolation: 'shared',
    members: Array.from({ length: PEOPLE }, (_, n) => ({
      email: `p${n}@crowd.example`,
      name: `p${n}`,
      role: n === 0 ? 'admin' : 'member',
    })),
  });
  await withClient(operatorUrl, (client) =>
    client.query(
      `insert into app_private.passwords (user_id, hash)
       select m.user_id, (select hash from app_private.passwords limit 1)
       from app.organization_members as m join app.organizations as o on o.id = m.organization_id where o.slug = 'crowd'`,
    ),
  );
}

async function ask(url: string, query: string, variables: Record<string, unknown>, token?: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: unknown; errors?: { message: string }[] };
  if (errors !== undefined) throw new Error(errors[0]?.message);
  return data;
}

/** Readers that ask one query after another, beside a number of people who sign in again and again. */
async function round(url: string, token: string, people: number, password: string): Promise<Round> {
  const end = performance.now() + ROUND_MS;
  const latencies: number[] = [];
  let signIns = 0;
  const reading = Array.from({ length: READERS }, async () => {
    while (performance.now() < end) {
      const began = performance.now();
      await ask(url, QUERY, {}, token);
      latencies.push(performance.now() - began);
    }
  });
  const signing = Array.from({ length: people }, async (_, n) => {
    while (performance.now() < end) {
      const isSignedIn = await ask(url, SIGN_IN, { email: `p${n}@crowd.example`, password }).then(
        () => true,
        () => false,
      );
      // Who is sent away comes again, a little later.
      if (!isSignedIn) await new Promise((resolve) => setTimeout(resolve, 1_000));
      else if (performance.now() < end) signIns += 1;
    }
  });
  await Promise.all([...reading, ...signing]);
  return { latencies: latencies.sort((a, b) => a - b), signIns };
}

function report(n: number, alone: Round, beside: Round): void {
  const at = ({ latencies }: Round, share: number) => latencies[Math.floor((latencies.length - 1) * share)] as number;
  const ms = (round: Round) =>
    `p50 ${at(round, 0.5).toFixed(1)} ms, p99 ${at(round, 0.99).toFixed(1)} ms (${round.latencies.length} queries)`;
  console.log(`round ${n + 1}: alone ${ms(alone)}`);
  console.log(`         beside ${PEOPLE} sign-ins ${ms(beside)}; ${(beside.signIns / (ROUND_MS / 1000)).toFixed(1)} sign-ins/s`);
  console.log(`         p50 ×${(at(beside, 0.5) / at(alone, 0.5)).toFixed(2)}, p99 ×${(at(beside, 0.99) / at(alone, 0.99)).toFixed(2)}`);
}
