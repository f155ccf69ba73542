// What followers cost the server: the memory and database connections of many that wait, what one event costs with all of them, and
// what recording and telling of events costs those who report test runs.
//
//   npm run -s bench:subscriptions [-- <followers> <rounds>]
import '../src/graphile-env.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { WebSocket } from 'ws';
import { loadSigningKey } from '../src/auth/signing-key.ts';
import { mintToken } from '../src/auth/tokens.ts';
import { parseConfig } from '../src/config.ts';
import { inTransaction, withClient } from '../src/database/connection.ts';
import { databaseUrls } from '../src/database/development.ts';
import { ANONYMOUS, type BaseRole } from '../src/database/identity.ts';
import { follower, followers, MANY_SOCKETS } from './followers.ts';
import { residentMb } from './processes.ts';
import { ready, serve, stop } from './served.ts';
import { median } from './statistics.ts';

const REPORTERS = 20;
const REPORTS_EACH = 5;

const count = Number(process.argv[2] ?? 1_000);
const rounds = Number(process.argv[3] ?? 5);
const directory = mkdtempSync(join(tmpdir(), 'defectxray-bench-'));
const server = serve(directory, MANY_SOCKETS);
try {
  const url = await ready(server);
  const config = parseConfig({ DATA_DIR: directory });
  const { operatorUrl } = databaseUrls(config);
  await withClient(operatorUrl as string, async (operator) => {
    const { rows } = await operator.query("select id from app.organizations where slug = 'acme'");
    const organization: string = rows[0].id;
    const projects = await operator.query('select id, slug from app.projects where organization_id = $1 order by slug limit 1', [
      organization,
    ]);
    const key = await loadSigningKey(config);
    const token = (role: BaseRole) =>
      mintToken(
        { key, issuer: config.JWT_ISSUER, audience: config.JWT_AUDIENCE },
        { ...ANONYMOUS, role, organizationId: organization, actor: 'token:bench' },
        3_600,
      );
    const open = () => writing(operator, organization, projects.rows[0].id);
    if (count > 0) await waiting(url, operator, await token('developer'), open);
    await reporting(url, operator, await token('ci'), projects.rows[0].slug);
  });
} finally {
  await stop(server);
  rmSync(directory, { recursive: true, force: true });
}

async function waiting(url: string, operator: pg.Client, token: string, open: () => Promise<void>): Promise<void> {
  // One of each first, so that what is loaded once is loaded.
  await told([await follower(url, token)], open, 1);
  await new Promise((resolve) => setTimeout(resolve, 40_000));
  const [idle, connections] = [residentMb(server.pid as number), await connectionsOf(operator)];
  const sockets = await followers(url, token, count);
  // Until the pool has closed what nobody uses.
  await new Promise((resolve) => setTimeout(resolve, 40_000));
  console.log(
    `${count} followers that wait: ${(residentMb(server.pid as number) - idle).toFixed(0)} MB more (${idle.toFixed(0)} before), ${(await connectionsOf(operator)) - connections} database connections more`,
  );
  const before = await transactions(operator);
  const ms = await told(sockets, open, 10);
  const after = await transactions(operator);
  console.log(
    `one event to all of them: ${ms.toFixed(0)} ms until the last is told (median of 10), ${((after - before) / 10).toFixed(1)} transactions`,
  );
  for (const socket of sockets) socket.terminate();
}

/** How long it takes until all have been told of something, the median of some times, in milliseconds. */
async function told(sockets: readonly WebSocket[], open: () => Promise<void>, times: number): Promise<number> {
  const taken: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const all = Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('message', resolve))));
    const began = performance.now();
    await open();
    await all;
    taken.push(performance.now() - began);
  }
  return median(taken);
}

async function writing(operator: pg.Client, organization: string, project: string): Promise<void> {
  await inTransaction(operator, async () => {
    await operator.query("select set_config('search_path', app_private.work_for($1), true)", [organization]);
    await operator.query("insert into defects (project_id, title) values ($1, 'Something')", [project]);
  });
}

/** Reports by twenty at once, in turns: as it is, without notifications, and without events. */
async function reporting(url: string, operator: pg.Client, token: string, project: string): Promise<void> {
  const { rows } = await operator.query("select pg_get_functiondef('app_private.record_events'::regproc) as definition");
  const definition: string = rows[0].definition;
  const silent = definition.replace(/if rows_changed > 0 then/, 'if false then');
  if (silent === definition) throw new Error('record_events has changed: this must follow.');
  const nothing = definition.replace(/\nbegin\n/, '\nbegin\nreturn null;\n');
  const variants = { 'as it is': definition, 'without notifications': silent, 'without events': nothing };
  const taken: Record<string, number[]> = { 'as it is': [], 'without notifications': [], 'without events': [] };
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, text] of Object.entries(variants).sort(() => Math.random() - 0.5)) {
      await operator.query(text);
      const ms = await reports(url, token, project, `${round}-${name}`);
      // The first round warms up.
      if (round > 0) taken[name]?.push(ms);
    }
  }
  const base = median(taken['without events'] as number[]);
  for (const [name, times] of Object.entries(taken)) {
    const each = times.map((ms) => ms.toFixed(0)).join(', ');
    console.log(
      `${REPORTERS} reporters, ${REPORTS_EACH} reports each, ${name}: ${median(times).toFixed(0)} ms, ×${(median(times) / base).toFixed(3)} (${each})`,
    );
  }
}

async function reports(url: string, token: string, project: string, name: string): Promise<number> {
  const began = performance.now();
  await Promise.all(
    Array.from({ length: REPORTERS }, async (_, reporter) => {
      for (let report = 0; report < REPORTS_EACH; report += 1) {
        const run = `${name}-${reporter}-${report}`;
        const results = Array.from({ length: 50 }, (_, test) =>
          test >= 5 ? { name: `test ${test}`, outcome: 'PASSED' } : failedResult(`E${run.replaceAll(/[^a-z0-9]/gi, '')}${test}`, test),
        );
        const answer = await fetch(`${url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
          body: JSON.stringify({
            query: 'mutation ($input: ReportTestRunInput!) { reportTestRun(input: $input) { receipt { newDefects } } }',
            variables: { input: { project, runKey: run, results } },
          }),
        });
        const { errors, data } = (await answer.json()) as {
          errors?: unknown;
          data?: { reportTestRun: { receipt: { newDefects: number } } };
        };
        if (errors !== undefined || data?.reportTestRun.receipt.newDefects !== 5) throw new Error(JSON.stringify({ errors, data }));
      }
    }),
  );
  return performance.now() - began;
}

function failedResult(type: string, test: number): object {
  const details = `${type}: of something\n    at it (/srv/shop/src/${type}.ts:1:2)`;
  return { name: `test ${test}`, outcome: 'FAILED', failure: { type, message: `${type} of something`, details } };
}

async function connectionsOf(operator: pg.Client): Promise<number> {
  const { rows } = await operator.query("select count(*)::int as count from pg_stat_activity where usename = 'app_user'");
  return rows[0].count;
}

async function transactions(operator: pg.Client): Promise<number> {
  await operator.query('select pg_stat_force_next_flush()');
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const { rows } = await operator.query('select xact_commit::int as count from pg_stat_database where datname = current_database()');
  return rows[0].count;
}
