import { Spool } from './spool.ts';
import type { TrxDefinition, TrxResult } from './trx-result.ts';

/** Definitions that are held in memory; beyond them, definitions and results are dealt out by the id of the test. */
const HELD = 20_000;
const PARTITIONS = 64;
const PARTITION_IN_MEMORY = 50_000;

const UNKNOWN: TrxDefinition = { className: '', method: '', codeBase: '', adapter: '' };

interface Partition {
  readonly definitions: Spool<readonly [id: string, definition: TrxDefinition]>;
  readonly results: Spool<TrxResult>;
}

/**
 * Joins the results of a TRX file with the definitions of their tests, whichever come first, in memory that does not
 * grow with the file: a result whose definition is not known yet waits in a spool. Of a file with more than 20,000
 * definitions, those beyond and the results that wait for them are dealt out to 64 pairs of spools by the id of the
 * test, and joined pair by pair.
 */
export class TrxJoin {
  readonly #held = new Map<string, TrxDefinition>();
  readonly #waiting = new Spool<TrxResult>();
  #partitions: Partition[] = [];

  define(id: string, definition: TrxDefinition): void {
    if (this.#held.size < HELD) this.#held.set(id, definition);
    else this.#partition(id).definitions.add([id, definition]);
  }

  /** The definition of a result that has ended; null where it is not known yet, and the result waits. */
  match(result: TrxResult): TrxDefinition | null {
    const definition = definitionIn(this.#held, result);
    if (definition === undefined) this.#waiting.add(result);
    return definition ?? null;
  }

  /** The results that have waited, in their order unless they had to be dealt out; those without a definition, too. */
  *rest(): Generator<[TrxResult, TrxDefinition]> {
    for (const result of this.#waiting.items()) {
      const definition = definitionIn(this.#held, result);
      if (definition !== undefined) yield [result, definition];
      else if (this.#partitions.length === 0) yield [result, UNKNOWN];
      else this.#partition(result.outerId || result.testId).results.add(result);
    }
    this.#held.clear();
    for (const { definitions, results } of this.#partitions) {
      const known = new Map(definitions.items());
      for (const result of results.items()) yield [result, definitionIn(known, result) ?? UNKNOWN];
    }
  }

  dispose(): void {
    for (const spool of [this.#waiting, ...this.#partitions.flatMap(({ definitions, results }) => [definitions, results])]) spool.close();
  }

  #partition(id: string): Partition {
    if (this.#partitions.length === 0) {
      this.#partitions = Array.from({ length: PARTITIONS }, () => ({
        definitions: new Spool(PARTITION_IN_MEMORY),
        results: new Spool(PARTITION_IN_MEMORY),
      }));
    }
    let hash = 0;
    for (let at = 0; at < id.length; at += 1) hash = (hash * 31 + id.charCodeAt(at)) >>> 0;
    return this.#partitions[hash % PARTITIONS] as Partition;
  }
}

/** Of a row of data, where it has no definition of its own, that of the test around it. */
function definitionIn(known: ReadonlyMap<string, TrxDefinition>, { testId, outerId }: TrxResult): TrxDefinition | undefined {
  return known.get(testId) ?? known.get(outerId);
}
