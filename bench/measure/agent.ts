import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { type Bench, type Measured, measurement } from '../bench.ts';
import { PROJECTS, withGuest } from '../guest-organization.ts';
import { junit, type ReportContent, reportedResults } from '../load/reports.ts';
import { alternate } from '../measurement.ts';
import { peakMb } from '../processes.ts';
import type { Server } from '../servers.ts';
import { prepared, SqlReporter } from './ingest.ts';

const AGENT = fileURLToPath(new URL('../../dist/defectxray-report.mjs', import.meta.url));
/** Every fifth result fails, each of them a defect that nobody has seen. */
const FAILING = 5;
/** As many results as the agent sends at once. */
const BATCH = 2_000;
/** Of all runs, as where CI repeats them: each is compared with those before it. */
const COMMIT = 'c'.repeat(40);
const POLL_MS = 20;

/**
 * W4 through the CI agent: one file of JUnit XML, read, sent and stored; the time is the whole of the agent's, its start included. Beside it
 * the same results given to the database from one session, in as many statements as the agent sends requests.
 */
export async function measureAgent({ data, size, rounds, say }: Bench, product: Server): Promise<Measured> {
  const results = size === 'quick' ? 5_000 : 50_000;
  const directory = mkdtempSync(join(tmpdir(), 'defectxray-bench-'));
  try {
    return await withGuest(data, async (principal, token) => {
      const sql = await SqlReporter.open(data, principal);
      const content = (name: string): ReportContent => ({ name, results, failing: FAILING, unknown: 1 });
      const perSecond = (ms: number) => results / FAILING / (ms / 1_000);
      const contenders = [
        {
          name: 'agent',
          async run(round: number) {
            const file = join(directory, 'report.xml');
            await pipeline(Readable.from(junit(content(`agent${round}x`))), createWriteStream(file));
            const { ms, mb } = await runAgent(file, product.origin, token, `agent-${round}`, results);
            return { defectsPerSecond: perSecond(ms), peakMb: mb };
          },
        },
        {
          name: 'sql',
          async run(round: number) {
            const all = [...reportedResults(content(`sql${round}x`))];
            const batches = Array.from({ length: Math.ceil(results / BATCH) }, (_, n) => all.slice(n * BATCH, (n + 1) * BATCH));
            const reports = await Promise.all(
              batches.map(async (batch) => ({
                text: await prepared({ project: PROJECTS[1], runKey: `sql-${round}`, commitSha: COMMIT }, batch),
                results: batch.length,
              })),
            );
            const began = performance.now();
            for (const report of reports) await sql.report(report.text, report.results);
            return { defectsPerSecond: perSecond(performance.now() - began) };
          },
        },
      ];
      try {
        // Without a warm-up: an agent is cold whenever it runs.
        const all = await alternate(contenders, Math.min(rounds, 2), (text) => say(`W4 through the agent, ${text}`), false);
        return { 'w4-agent': measurement({ results, failures: results / FAILING, defects: data.defects }, all) };
      } finally {
        await sql.close();
      }
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs the agent as CI does; its memory is looked at until it ends. */
async function runAgent(file: string, origin: string, token: string, runKey: string, results: number): Promise<{ ms: number; mb: number }> {
  const began = performance.now();
  const run = ['--project', PROJECTS[0], '--run-key', runKey, '--commit', COMMIT];
  const child = spawn(process.execPath, [AGENT, '--json', 'report', file, ...run], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, DEFECTXRAY_URL: origin, DEFECTXRAY_TOKEN: token },
  });
  let mb = 0;
  const timer = setInterval(() => {
    // It may have ended between two looks.
    if (child.exitCode === null) mb = Math.max(mb, peakOf(child.pid as number));
  }, POLL_MS);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(timer);
  const ms = performance.now() - began;
  if (code !== 0 || JSON.parse(said).results !== results) throw new Error(`The agent ended with ${code}: ${said}`);
  return { ms, mb };
}

function peakOf(pid: number): number {
  try {
    return peakMb(pid);
  } catch {
    return 0;
  }
}
