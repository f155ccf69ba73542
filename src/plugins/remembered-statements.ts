import { PgSelectStep } from '@dataplan/pg';
import type { ExecutionDetails, ExecutionValue, OperationPlan, Step } from 'postgraphile/grafast';
import { variablesOf } from './step-variables.ts';

type Execute = (details: ExecutionDetails) => Promise<readonly unknown[]>;

/** A value that a statement is given with each request, and where it comes from among the step's dependencies. */
interface Placeholder {
  readonly dependencyIndex: number;
  readonly codec: { toPg(value: unknown): unknown };
  readonly alreadyEncoded: boolean;
}

/** What of a select's step is private to the library. */
interface Select extends Step {
  readonly mode: 'normal' | 'aggregate' | 'mutation';
  readonly hasSideEffects: boolean;
  readonly contextId: number;
  readonly resource: Resource;
  readonly placeholders: readonly Placeholder[];
  readonly deferreds: readonly unknown[];
  readonly applyDepIds: readonly number[];
  readonly streamDetailsDepIds: readonly number[] | null;
  readonly firstStepId: number | null;
  readonly lastStepId: number | null;
  readonly offsetStepId: number | null;
  readonly beforeStepId: number | null;
  readonly afterStepId: number | null;
  readonly fetchOneExtra: boolean;
  readonly dependencies: readonly Step[];
  readonly operationPlan: OperationPlan & { readonly variableValuesStep: Step };
}

/** Where the values of all steps are that have been run. */
interface Running {
  readonly _bucket: { readonly store: ReadonlyMap<number, ExecutionValue> };
}

interface Resource {
  executeWithCache(specs: readonly unknown[], statement: SentStatement): Promise<{ readonly values: readonly (readonly unknown[])[] }>;
}

interface SentStatement {
  readonly text: string;
  readonly rawSqlValues: readonly unknown[];
  readonly identifierIndex: number | null;
  readonly name?: string;
  readonly eventEmitter?: unknown;
}

/** What a select's step answers for one statement. */
interface SelectResult {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly items: readonly unknown[];
  readonly cursorDetails: unknown;
  readonly groupDetails: unknown;
  readonly m: unknown;
}

/** Stands in a statement that is being built where a value of the request belongs: no value is ever equal to it. */
class Hole {
  readonly valueIn: (details: ExecutionDetails) => unknown;

  constructor(valueIn: (details: ExecutionDetails) => unknown) {
    this.valueIn = valueIn;
  }
}

/** A statement as it was built once. */
interface Remembered {
  readonly text: string;
  readonly name: string | undefined;
  readonly values: readonly unknown[];
  readonly described: Pick<SelectResult, 'cursorDetails' | 'groupDetails' | 'm'>;
}

/** How many statements one select may have: they differ by its filters, orders and size of page. */
const KEPT = 20;
/** Of a longer key (a filter with a thousand ids) the statement is built anew: it hardly comes again. */
const MAX_KEY_CHARACTERS = 2_000;

/**
 * Has the statement of a select built once for all requests that differ only in what it is given as values; the library puts each
 * together anew, which is a fourth of what a request costs.
 *
 * The library builds a statement from its plan, the functions that its arguments have become, the size of the page, and values. What
 * of these changes the text is what the statement is remembered by: the variables that its arguments are made from, and the size of
 * the page. Values that can only be values (the id that a row is found by, what a cursor says) are not in there at all:
 * the statement is built with holes in their place, and what a hole was found at is where each request's own value goes. Where
 * anything else goes into it, and in all that is not a plain read, the library builds it as ever.
 */
export function rememberStatements(): void {
  const { execute } = PgSelectStep.prototype as unknown as { execute: Execute & { remembers?: true } };
  if (execute.remembers) return;
  PgSelectStep.prototype.execute = Object.assign(remembering(execute), { remembers: true as const }) as never;
}

/** A select's execution that remembers what `build` has built. */
export function remembering(build: Execute): Execute {
  const selects = new WeakMap<Select, RememberedSelect | false>();
  return function execute(this: Select, details: ExecutionDetails) {
    let remembered = selects.get(this);
    if (remembered === undefined) selects.set(this, (remembered = RememberedSelect.of(this, build)));
    return remembered === false ? build.call(this, details) : remembered.execute(details);
  };
}

class RememberedSelect {
  readonly #select: Select;
  readonly #build: Execute;
  readonly #variables: readonly string[];
  readonly #statements = new Map<string, Remembered>();

  /** Nothing where what the statement is made from cannot be told. */
  static of(select: Select, build: Execute): RememberedSelect | false {
    const { mode, hasSideEffects, deferreds, streamDetailsDepIds, operationPlan, applyDepIds, dependencies } = select;
    if (mode === 'mutation' || hasSideEffects || deferreds.length > 0 || (streamDetailsDepIds?.length ?? 0) > 0) return false;
    if (operationPlan.operation.operation !== 'query') return false;
    const variables = variablesOf(
      applyDepIds.map((id) => dependencies[id] as Step),
      operationPlan.variableValuesStep,
    );
    return variables === undefined ? false : new RememberedSelect(select, build, variables);
  }

  private constructor(select: Select, build: Execute, variables: readonly string[]) {
    this.#select = select;
    this.#build = build;
    this.#variables = variables;
  }

  async execute(details: ExecutionDetails): Promise<readonly unknown[]> {
    const key = this.#keyOf(details);
    if (key === undefined) return this.#build.call(this.#select, details);
    const remembered = this.#statements.get(key);
    return remembered === undefined ? this.#remember(key, details) : [await this.#run(remembered, details)];
  }

  /** By what the statement of a request is remembered; nothing where it is not to be. */
  #keyOf({ count, values, stream, extra }: ExecutionDetails): string | undefined {
    const { firstStepId, lastStepId, offsetStepId, beforeStepId, afterStepId, operationPlan } = this.#select;
    if (count !== 1 || stream != null) return undefined;
    if ([lastStepId, offsetStepId, beforeStepId].some((id) => unary(values, id) != null)) return undefined;
    const after = unary(values, afterStepId) as readonly unknown[] | null | undefined;
    // In a list without an order the cursor is a row's number, which is calculated with.
    if (after != null && (!Array.isArray(after) || after[0] === 'natural')) return undefined;
    const key: unknown[] = [unary(values, firstStepId), after == null ? null : [after[0], after.length]];
    if (this.#variables.length > 0) {
      const { store } = (extra as unknown as Running)._bucket;
      const all = store.get(operationPlan.variableValuesStep.id)?.unaryValue() as Record<string, unknown> | undefined;
      if (all === undefined) return undefined;
      // One that is absent means something else than one that is null.
      for (const name of this.#variables) key.push(name in all ? [all[name]] : 0);
    }
    const text = JSON.stringify(key);
    return text.length > MAX_KEY_CHARACTERS ? undefined : text;
  }

  /** Has the library build the statement with holes, and keeps it; run with the values of the request, as the library would. */
  async #remember(key: string, details: ExecutionDetails): Promise<readonly unknown[]> {
    const { resource } = this.#select;
    let built: SentStatement | undefined;
    const sending = Object.create(resource, {
      executeWithCache: {
        value: (specs: readonly unknown[], statement: SentStatement) => {
          built = statement;
          return resource.executeWithCache(specs, { ...statement, rawSqlValues: filled(statement.rawSqlValues, details) });
        },
      },
    });
    const withHoles = this.#withHoles(details);
    const results = await this.#build.call(
      Object.create(this.#select, { resource: { value: sending }, placeholders: { value: withHoles.placeholders } }),
      { ...details, values: withHoles.values },
    );
    const [result] = results as readonly (SelectResult | undefined)[];
    // Nothing was sent for a page of no rows.
    if (built !== undefined && built.identifierIndex === null && result !== undefined) {
      const { text, name, rawSqlValues } = built;
      const { cursorDetails, groupDetails, m } = result;
      if (this.#statements.size >= KEPT) this.#statements.delete(this.#statements.keys().next().value as string);
      this.#statements.set(key, { text, name, values: rawSqlValues, described: { cursorDetails, groupDetails, m } });
    }
    return results;
  }

  #withHoles(details: ExecutionDetails) {
    const { placeholders, afterStepId } = this.#select;
    const values: ExecutionValue[] = [...details.values];
    const after = unary(values, afterStepId) as readonly unknown[] | null | undefined;
    if (afterStepId !== null && after != null) {
      const part = (n: number) => new Hole(({ values }) => (unary(values, afterStepId) as readonly unknown[])[n]);
      values[afterStepId] = unaryOf(after.map((digest, n) => (n === 0 ? digest : part(n))));
    }
    return {
      // What is encoded already is a value as it is.
      placeholders: placeholders.map((placeholder) => ({
        ...placeholder,
        alreadyEncoded: true,
        dependencyIndex: values.push(unaryOf(new Hole(({ values }) => encoded(values, placeholder)))) - 1,
      })),
      values,
    };
  }

  async #run({ text, name, values, described }: Remembered, details: ExecutionDetails): Promise<SelectResult> {
    const { contextId, resource, firstStepId, fetchOneExtra } = this.#select;
    const {
      values: [rows = []],
    } = await resource.executeWithCache([{ context: details.values[contextId]?.unaryValue(), queryValues: [] }], {
      text,
      rawSqlValues: filled(values, details),
      identifierIndex: null,
      ...(name === undefined ? {} : { name }),
      eventEmitter: details.extra.eventEmitter,
    });
    const first = unary(details.values, firstStepId) as number | null | undefined;
    const hasNextPage = first != null && fetchOneExtra && rows.length > first;
    return { hasNextPage, hasPreviousPage: false, items: hasNextPage ? rows.slice(0, first) : rows, ...described };
  }
}

function filled(values: readonly unknown[], details: ExecutionDetails): readonly unknown[] {
  return values.map((value) => (value instanceof Hole ? value.valueIn(details) : value));
}

function encoded(values: ExecutionDetails['values'], { dependencyIndex, codec, alreadyEncoded }: Placeholder): unknown {
  const value = values[dependencyIndex]?.at(0);
  if (value == null) return null;
  return alreadyEncoded ? value : codec.toPg(value);
}

function unary(values: ExecutionDetails['values'], id: number | null): unknown {
  return id == null ? undefined : values[id]?.unaryValue();
}

function unaryOf(value: unknown): ExecutionValue {
  return { isBatch: false, at: () => value, unaryValue: () => value } as never;
}
