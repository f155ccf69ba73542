import type { ProjectStack } from './frames.ts';
import type { TestResult } from './report.ts';

/** Which test failed. */
export type FailedTest = Pick<TestResult, 'framework' | 'suite' | 'name'>;

const MESSAGE_READ = 1_000;

const UNREACHABLE =
  /\bE(?:CONN(?:REFUSED|RESET|ABORTED)|NOTFOUND|TIMEDOUT|AI_AGAIN|PIPE|ADDRINUSE|(?:HOST|NET)UNREACH)\b|net::ERR_|NS_ERROR_|\bconnection (?:refused|reset)|fetch failed|socket hang up/i;

/**
 * Whether nothing but the test says where it failed, so that two tests that fail so have two defects:
 *
 * - its stack has frames of test code alone, and these name no function, as those of an assertion in a callback of `it`; or
 * - it has no frame in the project, and only the test can be meant: an assertion, a timeout of the test, no message at all.
 *
 * Never where something breaks tests whatever they are: a hook, if the runner says so, or a connection that is refused or lost.
 */
export function isOfTest(type: string, message: string, { frames, isNameless }: ProjectStack): boolean {
  const read = message.slice(0, MESSAGE_READ);
  if (type === 'hookFailed' || UNREACHABLE.test(read)) return false;
  if (frames.length > 0) return isNameless;
  if (/^(?:fail(?:ed|ure)?|error|test failed)?[^\p{L}\p{N}]*$/iu.test(read)) return true;
  if (/assert|expect/i.test(type) || /^(?:assert|expect)/i.test(read)) return true;
  const said = `${type} ${read}`;
  return /\btests?(?:\b|Timeout)/i.test(said) && /time(?:d[ -]?)?out/i.test(said);
}

/**
 * A test in one line: its rows are one place, and so is a file wherever it lies. Jest's names hold all of their suites, and
 * the suite that its reporter gives is that of the file's first test, whatever the order.
 */
export function testPlace({ framework, suite, name }: FailedTest): string {
  return (framework === 'jest' ? name : `${suite} > ${name}`)
    .replace(/(?<!\S)(?:[A-Za-z]:)?[\\/]\S*[\\/]/g, '')
    .replace(/(?<![\p{L}\p{N}])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\p{L}\p{N}])/giu, '<uuid>')
    .replace(/\p{Nd}+(?:[.,]\p{Nd}+)*/gu, '<number>');
}
