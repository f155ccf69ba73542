import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { Outcome } from '../../src/agent/outcome.ts';
import { printable } from '../../src/agent/printable.ts';
import type { Receipt } from '../../src/agent/receipt.ts';
import { appendSummary, SUMMARY_LIMIT, summaryMarkdown } from '../../src/agent/summary-markdown.ts';
import { type Sent, summaryText } from '../../src/agent/summary-text.ts';
import { sampleDefect as defect, sampleReceipt as receipt } from './sample-receipt.ts';

const directory = mkdtempSync(join(tmpdir(), 'defectxray-summary-'));
afterAll(() => rmSync(directory, { recursive: true }));

const flaky = { id: 't1', name: 'waits for the cart', suite: 'cart', score: 0.42 };
const mixed = receipt({
  results: 9,
  passed: 4,
  failed: 4,
  errored: 1,
  newTests: 2,
  newDefects: 2,
  knownDefects: 1,
  regressedDefects: 1,
  mutedDefects: 1,
  flakyTests: 1,
  verdict: 'NEW',
  defects: [
    defect({ id: 'id-known', state: 'KNOWN', severity: 'LOW', title: 'Slow', test: null }),
    defect({ id: 'id-new', severity: 'HIGH', occurrences: 3 }),
    defect({ id: 'id-back', state: 'REGRESSED', title: 'TypeError: no total' }),
    defect({ id: 'id-muted', isMuted: true, title: 'Noise' }),
  ],
  flaky: [flaky],
});

function sent(...receipts: Receipt[]): Sent {
  const outcome = new Outcome([]);
  for (const one of receipts) outcome.add(one);
  const run = {
    ciProvider: 'github-actions',
    runKey: 'github-7-1',
    shard: 'unit 1/3',
    commitSha: 'c3a1f0e2b4d6879a5b3c1d0e9f8a7b6c5d4e3f2a',
    branch: 'main',
    runUrl: 'https://github.com/acme/web/actions/runs/7/attempts/1',
    environment: {},
  };
  return { project: 'shop', files: 2, run, runKey: 'github-7-1', outcome };
}

describe('for people', () => {
  test('what is new, regressed, known, muted and flaky, with ids and the address of the run', () => {
    expect(summaryText(sent(mixed)).split('\n')).toEqual([
      '9 results of 2 files reported for shop.',
      '  run      github-7-1, unit 1/3: main at c3a1f0e2b4d6',
      '  tests    4 passed, 4 failed, 1 errored, 0 skipped; 2 never seen before',
      '  defects  2 new, 1 known, 1 regressed (1 muted)',
      '  flaky    1 test',
      '  new        high      PaymentError: card of <value> declined in takes a card, 3 times  id-new',
      '  regressed  medium    TypeError: no total in takes a card  id-back',
      '  known      low       Slow  id-known',
      '  muted      medium    Noise in takes a card  id-muted',
      '  flaky      0.42      cart › waits for the cart',
      '  https://github.com/acme/web/actions/runs/7/attempts/1',
    ]);
  });

  test('a failure of the machine', () => {
    expect(summaryText(sent(receipt({ isInfrastructureFailure: true })))).toContain('taken for a failure of the machine');
  });

  test('not more than anybody reads', () => {
    const defects = Array.from({ length: 500 }, (_, n) => defect({ id: `id-${n}`, title: 'x'.repeat(400) }));
    const lines = summaryText(sent(receipt({ defects }))).split('\n');
    expect(lines).toContain('  … and 470 more');
    expect(lines.length).toBeLessThan(40);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(350);
  });

  test('a log shows it and does not obey it', () => {
    const evil =
      '\u001b[31mred\u001b[0m\r\n::set-output name=x::1 ##vso[task.setvariable]x ##[command]y \u202esection_start:1:x\r\u001b[0K';
    const shown = summaryText(sent(receipt({ defects: [defect({ title: evil, test: evil })] })));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|##vso\[|##\[|\n\s*::/);
    expect(shown).toContain('red');
  });

  test('no text makes a command of a log, whatever stands in it', () => {
    const part = fc.constantFrom('##', '[', 'vso[', '::', ':', '#', ' ', '\n', '\r', '\u001b[', 'm', 'error', '\u2028', 'teamcity[');
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const shown = printable(parts.join(''));
        expect(shown).not.toMatch(/##\[|##vso\[|##teamcity\[|^\s*::|[\p{Cc}\u2028]/iu);
        expect(printable(shown)).toBe(shown);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("GitHub's summary of a step", () => {
  test('has counts, defects, flaky tests and the run', () => {
    const text = summaryMarkdown(sent(mixed));
    expect(text).toContain('### DefectXray: shop, 2 new defects, 1 regressed\n');
    expect(text).toContain('[run](https://github.com/acme/web/actions/runs/7/attempts/1)');
    expect(text).toContain('| 2 | 1 | 1 | 1 | 1 |');
    expect(text.match(/^\| (?:new|regressed|known|muted) \|.*$/gm)?.map((row) => row.split('|')[1]?.trim())).toEqual([
      'new',
      'new',
      'regressed',
      'known',
      'muted',
    ]);
    expect(text).toContain('| waits for the cart | cart | 0.42 |');
  });

  test('takes nothing of a report for markup', () => {
    const evil = '| <img src=x onerror=y> [a](javascript:1) `b` **c** http://x.example www.x.example\n\n# d &lt; @e';
    const text = summaryMarkdown(sent(receipt({ newDefects: 1, defects: [defect({ title: evil, test: evil, id: evil })] })));
    const row = text.split('\n').find((line) => line.includes('img')) ?? '';
    expect(row.match(/\|/g)).toHaveLength(7);
    expect(row).not.toMatch(/<|>|\]\(|`|\*\*|:\/\/|www\.|@|# d/);
    expect(row).toContain('&lt;img src=x onerror=y&gt;');
    // What GitHub shows of it is what it was.
    const shown = row
      .split(' | ')[2]
      ?.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
      .replace(/&lt;|&gt;|&amp;/g, (entity) => ({ '&lt;': '<', '&gt;': '>', '&amp;': '&' })[entity] ?? '');
    expect(shown).toBe(printable(evil));
  });

  test('stays below what GitHub takes, whatever the step has written already', () => {
    const defects = Array.from({ length: 2_000 }, (_, n) => defect({ id: `id-${n}`, title: '円|'.repeat(300), test: '<'.repeat(300) }));
    const large = sent(receipt({ newDefects: 2_000, defects }));
    for (const written of [0, SUMMARY_LIMIT - 100_000, SUMMARY_LIMIT - 5_000, SUMMARY_LIMIT - 10, SUMMARY_LIMIT + 10]) {
      const path = join(directory, `summary-${written}.md`);
      writeFileSync(path, 'x'.repeat(written));
      appendSummary(path, large);
      const bytes = readFileSync(path).length;
      expect(bytes).toBeLessThanOrEqual(Math.max(SUMMARY_LIMIT, written));
      expect(bytes > written).toBe(written <= SUMMARY_LIMIT - 5_000);
    }
    expect(readFileSync(join(directory, 'summary-0.md'), 'utf8')).toMatch(/… and \d+ more/);
  });

  test('is made where there is none, and added to what there is', () => {
    const path = join(directory, 'new.md');
    appendSummary(path, sent(mixed));
    appendSummary(path, sent(receipt({})));
    const text = readFileSync(path, 'utf8');
    expect(text.match(/^### DefectXray/gm)).toHaveLength(2);
    expect(text).toContain('### DefectXray: shop, no defects');
  });
});
