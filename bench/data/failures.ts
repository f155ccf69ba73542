import { defectTitle, explainFingerprint, fingerprint } from '../../src/ingest/fingerprint.ts';
import { normalizeMessage } from '../../src/ingest/normalize.ts';
import { SEED } from './identity.ts';
import { type Random, seeded } from './random.ts';
import { ACTIONS, ENTITIES, LAYERS } from './vocabulary.ts';

/** A failure as the product would store it; the two texts and the explanation in the clear. */
export interface DataFailure {
  readonly fingerprint: string;
  readonly title: string;
  readonly errorType: string;
  readonly failureDetails: string;
  readonly stackTrace: string;
  readonly fingerprintExplanation: string;
}

/** How long a stack trace becomes, in characters. */
const TRACE_LENGTH = 2_000;

/** A language that a project is written in, as its tests show it. */
export interface Language {
  readonly framework: string;
  readonly file: (entity: string, layer: string) => string;
  readonly types: readonly string[];
  /** A line of a stack trace: of the project, or of what it is built upon. */
  readonly frame: (entity: string, action: string, layer: string, line: number) => string;
  readonly library: (line: number) => string;
}

export const LANGUAGES: readonly Language[] = [
  {
    framework: 'vitest',
    file: (entity, layer) => `test/${entity.toLowerCase()}/${layer.toLowerCase()}.test.ts`,
    types: ['AssertionError', 'TypeError', 'TimeoutError', 'RangeError', 'FetchError'],
    frame: (entity, action, layer, line) =>
      `    at ${entity}${layer}.${action} (/builds/app/src/${entity.toLowerCase()}/${layer.toLowerCase()}.ts:${line}:17)`,
    library: (line) => `    at processTicksAndRejections (node:internal/process/task_queues:${line}:5)`,
  },
  {
    framework: 'pytest',
    file: (entity, layer) => `tests/${entity.toLowerCase()}/test_${layer.toLowerCase()}.py`,
    types: ['AssertionError', 'ValueError', 'KeyError', 'TimeoutError', 'psycopg.errors.DeadlockDetected'],
    frame: (entity, action, layer, line) =>
      `  File "/builds/app/src/${entity.toLowerCase()}/${layer.toLowerCase()}.py", line ${line}, in ${action}_${entity.toLowerCase()}`,
    library: (line) => `  File "/usr/lib/python3.13/site-packages/sqlalchemy/engine/base.py", line ${line}, in _execute_context`,
  },
  {
    framework: 'junit',
    file: (entity, layer) => `src/test/java/com/example/${entity.toLowerCase()}/${entity}${layer}Test.java`,
    types: [
      'java.lang.NullPointerException',
      'org.opentest4j.AssertionFailedError',
      'java.util.concurrent.TimeoutException',
      'java.sql.SQLException',
    ],
    frame: (entity, action, layer, line) =>
      `\tat com.example.${entity.toLowerCase()}.${entity}${layer}.${action}(${entity}${layer}.java:${line})`,
    library: (line) =>
      `\tat org.springframework.transaction.interceptor.TransactionInterceptor.invoke(TransactionInterceptor.java:${line})`,
  },
];

/** How many different failures there are in a language, of so many defects in all. */
export function failuresKept(defects: number): number {
  return Math.min(8_000, Math.max(300, Math.round(defects / 100)));
}

/** The failures of projects in one language, each like no other. */
export class Failures {
  readonly language: Language;
  /** How many different ones there are; a project that needs more has more. */
  readonly kept: number;
  readonly #random: Random;
  readonly #made: DataFailure[] = [];
  readonly #fingerprints = new Set<string>();

  constructor(language: Language, kept: number) {
    this.language = language;
    this.kept = kept;
    this.#random = seeded(`${SEED}/failures/${language.framework}`);
  }

  at(index: number): DataFailure {
    while (this.#made.length <= index) {
      const failure = makeFailure(this.#random, this.language);
      if (this.#fingerprints.has(failure.fingerprint)) continue;
      this.#fingerprints.add(failure.fingerprint);
      this.#made.push(failure);
    }
    return this.#made[index] as DataFailure;
  }
}

/** A failure with a stack trace of about 2 kB, in which there is what must be masked: addresses, tokens, credentials. */
function makeFailure(random: Random, language: Language): DataFailure {
  const type = random.pick(language.types);
  const [entity, action, layer] = [random.pick(ENTITIES), random.pick(ACTIONS), random.pick(LAYERS)];
  const person = `${random.pick(ENTITIES).toLowerCase()}.${random.hex(6)}@example.com`;
  const message = random.pick([
    `expected ${random.below(1_000)} to be ${random.below(1_000)} after ${action} of ${entity} ${random.below(100_000)}`,
    `cannot ${action} ${entity} "${random.hex(8)}": ${layer} answered ${random.pick([400, 404, 409, 429, 500, 503])}`,
    `${entity} of ${person} is locked, token=${random.hex(20)}`,
    `timed out after ${random.pick([5_000, 10_000, 30_000])} ms in ${layer}.${action} of ${entity}`,
    `undefined is no ${entity}: ${action} was called before ${random.pick(ACTIONS)}`,
  ]);
  const lines = [`${type}: ${message}`];
  for (let length = 0; length < TRACE_LENGTH; length += (lines.at(-1) as string).length + 1) {
    const line = 1 + random.below(400);
    const isProject = lines.length < 7 || random.chance(0.5);
    lines.push(isProject ? language.frame(random.pick(ENTITIES), random.pick(ACTIONS), random.pick(LAYERS), line) : language.library(line));
  }
  lines.push(`    GET https://build:${random.hex(10)}@artifacts.example.com/${entity.toLowerCase()}?signature=${random.hex(16)}`);
  const stackTrace = lines.join('\n');
  const failure = { type: normalizeMessage(type).slice(0, 300), message, details: stackTrace };
  // Its innermost frames are of the project, so that the test does not count.
  const test = { framework: language.framework, suite: '', name: '' };
  return {
    fingerprint: Buffer.from(fingerprint(failure, test)).toString('hex'),
    title: defectTitle(failure),
    errorType: failure.type,
    failureDetails: message,
    stackTrace,
    fingerprintExplanation: explainFingerprint(failure, test),
  };
}
