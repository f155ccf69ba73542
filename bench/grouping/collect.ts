// Makes a file of the corpus from the reports of one runner, as the product reads them.
//
//   node bench/grouping/collect.ts <runner> <bugs.json> <report of machine 1> <report of machine 2>
import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { readReport } from '../../src/ingest/read-report.ts';
import { CORPUS, type LabelledFailure } from './corpus.ts';

const [runner = '', bugsFile = '', ...reports] = process.argv.slice(2);
const bugs = Object.entries(JSON.parse(readFileSync(bugsFile, 'utf8')) as Record<string, string[]>);
const failures: LabelledFailure[] = [];
for (const [index, report] of reports.entries()) {
  for await (const { failure, framework, suite, name, parameters } of readReport(createReadStream(report), report, fail)) {
    if (failure !== null) failures.push({ bug: bugOf(suite, name), machine: index + 1, framework, suite, name, parameters, ...failure });
  }
}
failures.sort((a, b) => key(a) - key(b) || a.machine - b.machine || (a.suite + a.name < b.suite + b.name ? -1 : 1));
writeFileSync(`${CORPUS}${runner}.json`, `[\n${failures.map((failure) => JSON.stringify(failure)).join(',\n')}\n]\n`);

/** The bug of which the labels name the test, whatever suites a runner writes before its name, or the hook (Mocha). */
function bugOf(suite: string, whole: string): string {
  const name = whole.replace(/^.*hook for "(.*)"$/, '$1');
  const ends = (test: string) => name === test || name.endsWith(` ${test}`) || name.endsWith(`.${test}`);
  const found = bugs.filter(([, tests]) => tests.some(ends));
  if (found.length !== 1) throw new Error(`${found.length} bugs have a test "${name}" (${suite}).`);
  return found[0]?.[0] ?? '';
}

function key({ bug }: LabelledFailure): number {
  return bugs.findIndex(([label]) => label === bug);
}

function fail(problem: { readonly message: string }): never {
  throw new Error(problem.message);
}
