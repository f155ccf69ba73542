import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Credential } from '../../src/agent/credential.ts';
import { type DeliverySettings, deliver } from '../../src/agent/deliver.ts';
import { Deadline } from '../../src/agent/retry.ts';
import { Spool } from '../../src/agent/spool.ts';
import { sampleReport } from './sample-report.ts';
import { refused, type Scripted, type ScriptedServer, scriptedServer, stored } from './scripted-server.ts';

let server: ScriptedServer;
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'defectxray-deliver-'));
});
afterEach(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

/** Delivers a report of three batches. */
async function delivered(script: readonly Scripted[], changes: Partial<DeliverySettings> & { kept?: readonly string[] } = {}) {
  server = await scriptedServer(...script);
  const spool = new Spool(join(directory, 'spool'));
  for (const id of changes.kept ?? []) await spool.keep(server.url.origin, sampleReport(id));
  const problems: string[] = [];
  const receipts: (string | null)[] = [];
  const { results, ...report } = sampleReport('r');
  async function* batches() {
    for (const _ of [1, 2, 3]) yield results;
  }
  const token = { token: 'secret-token', audience: '', serviceConnection: null, variable: () => null };
  const delivery = await deliver(report, batches(), {
    server: server.url,
    organization: null,
    credential: () => Credential.find(token),
    spool,
    deadline: new Deadline(300),
    onProblem: (sentence) => problems.push(sentence),
    onProgress: () => {},
    onReceipt: ({ reportId }) => receipts.push(reportId),
    ...changes,
  });
  const files = () => readdirSync(join(directory, 'spool')).map((name) => name.replace(/^.*?\./, '.'));
  return { ...delivery, problems, receipts, asked: server.asked.map(({ body }) => body.variables.input.reportId), files };
}

const answers = (...ids: string[]) => ids.map((id) => stored(id));

test('batches are sent in order', async () => {
  const { receipts, asked, problems, kept } = await delivered(answers('r-1', 'r-2', 'r-3'));
  expect([receipts, asked, problems, kept]).toEqual([['r-1', 'r-2', 'r-3'], ['r-1', 'r-2', 'r-3'], [], 0]);
});

test('what was kept goes first', async () => {
  const { asked, receipts, caughtUp, files } = await delivered(answers('k-1', 'k-2', 'r-1', 'r-2', 'r-3'), { kept: ['k-1', 'k-2'] });
  expect(asked).toEqual(['k-1', 'k-2', 'r-1', 'r-2', 'r-3']);
  expect([receipts, caughtUp, files()]).toEqual([['r-1', 'r-2', 'r-3'], 2, []]);
});

test('once a batch is kept, those after it are, and are not tried: the order holds', async () => {
  const { asked, kept, problems, files } = await delivered([stored('r-1'), refused('NOT_FOUND', 'There is no project.'), stored('r-3')]);
  expect([asked, kept, files()]).toEqual([['r-1', 'r-2'], 2, ['.json', '.json']]);
  expect(problems).toEqual(['The report was not sent further: NOT_FOUND: There is no project. It is kept, and sent next time.']);
});

test('a server that cannot be asked is not asked again for each report', async () => {
  const { asked, kept, caughtUp, files, problems } = await delivered([{ status: 503, headers: { 'retry-after': '60' } }], {
    kept: ['k-1', 'k-2'],
  });
  expect([asked, kept, caughtUp, files()]).toEqual([['k-1'], 3, 0, Array(5).fill('.json')]);
  expect(problems).toHaveLength(1);
});

test.each(['BAD_USER_INPUT', 'CONFLICT'])('%s is not kept: it would be refused again', async (code) => {
  const { kept, asked, problems } = await delivered([refused(code, 'No.')]);
  expect([kept, asked, problems]).toEqual([0, ['r-1'], [`The report was not sent: ${code}: No.`]]);
});

test('without a spool the report ends with what fails', async () => {
  const { kept, asked, problems } = await delivered([stored('r-1'), refused('FORBIDDEN', 'No.')], { spool: null });
  expect([kept, asked, problems]).toEqual([0, ['r-1', 'r-2'], ['The report was not sent further: FORBIDDEN: No.']]);
});

test('a spool that is full is said, once', async () => {
  const spool = new Spool(join(directory, 'spool'), 900);
  const { kept, problems } = await delivered([refused('UNAUTHENTICATED', 'Expired.')], { spool });
  expect(kept).toBe(1);
  expect(problems).toEqual([
    'The report was not sent: UNAUTHENTICATED: Expired. It is kept, and sent next time.',
    expect.stringMatching(/^The rest of it is not kept: The spool .*spool is full \(0 MB\)\.$/),
  ]);
});
