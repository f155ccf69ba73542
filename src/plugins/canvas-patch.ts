import { diffArrays, type Operation } from 'rfc6902/diff.js';
import { Pointer } from 'rfc6902/pointer.js';

/**
 * The shortest way from one array to another costs the product of their lengths (rfc6902: 2.3 s for two arrays of 300 numbers, all
 * memory for two of 1,000), so this many cells are spent on a patch. What is left then is compared place by place.
 */
const MAX_CELLS = 4_000;
/** Levels that are looked into; what is deeper is replaced as a whole. */
const MAX_DEPTH = 100;
/** Operations; where there would be more, what they are of is replaced as a whole. */
const MAX_OPERATIONS = 2_000;
/** Values of both documents that are looked at; what is beyond is replaced as a whole. */
const MAX_VALUES = 100_000;

/** Names by which libraries that apply a patch refuse to go, since they lead out of the document. */
const UNSAFE_KEYS = ['__proto__', 'constructor', 'prototype'];

/**
 * The JSON Patch (RFC 6902) that makes one JSON document of another: right always, short where they are alike, and in some 50 ms of a
 * processor, whatever they are.
 */
export function canvasPatch(from: unknown, to: unknown): Operation[] {
  const { identify, isExhausted } = identifier();
  let cells = MAX_CELLS;
  let replacements = 0;

  function diff(input: unknown, output: unknown, pointer: Pointer): Operation[] {
    if (identify(input) === identify(output)) return [];
    const isBounded = pointer.tokens.length <= MAX_DEPTH && replacements <= MAX_OPERATIONS && !isExhausted();
    const operations = isBounded ? within(input, output, pointer) : null;
    if (operations !== null && operations.length <= MAX_OPERATIONS) return operations;
    replacements++;
    return [{ op: 'replace', path: pointer.toString(), value: output }];
  }

  /** Null where the value is to be replaced as a whole. */
  function within(input: unknown, output: unknown, pointer: Pointer): Operation[] | null {
    if (Array.isArray(input) && Array.isArray(output)) return inOrder(input, output, pointer);
    return isObject(input) && isObject(output) ? byKey(input, output, pointer) : null;
  }

  function byKey(input: JsonObject, output: JsonObject, pointer: Pointer): Operation[] | null {
    if (UNSAFE_KEYS.some((key) => Object.hasOwn(input, key) || Object.hasOwn(output, key))) return null;
    const operations: Operation[] = [];
    for (const key of new Set([...Object.keys(input), ...Object.keys(output)])) {
      if (!Object.hasOwn(output, key)) operations.push({ op: 'remove', path: pointer.add(key).toString() });
      else if (!Object.hasOwn(input, key)) operations.push({ op: 'add', path: pointer.add(key).toString(), value: output[key] });
      else operations.push(...diff(input[key], output[key], pointer.add(key)));
      if (operations.length > MAX_OPERATIONS) return null;
    }
    return operations;
  }

  function inOrder(input: readonly unknown[], output: readonly unknown[], pointer: Pointer): Operation[] | null {
    const [before, after] = [input.map(identify), output.map(identify)];
    let start = 0;
    let [inputEnd, outputEnd] = [input.length, output.length];
    while (start < Math.min(inputEnd, outputEnd) && before[start] === after[start]) start++;
    for (; Math.min(inputEnd, outputEnd) > start && before[inputEnd - 1] === after[outputEnd - 1]; inputEnd--) outputEnd--;
    const [removed, added] = [input.slice(start, inputEnd), output.slice(start, outputEnd)];
    const spent = (removed.length + 1) * (added.length + 1);
    if (Math.max(removed.length, added.length) > MAX_OPERATIONS) return null;
    if (removed.length === 0 || added.length === 0 || spent > cells) return placeByPlace(removed, added, start, pointer);
    cells -= spent;
    return aligned(removed, added, start, pointer);
  }

  function placeByPlace(removed: readonly unknown[], added: readonly unknown[], start: number, pointer: Pointer): Operation[] {
    const at = (index: number) => pointer.add(String(start + index));
    const paired = Math.min(removed.length, added.length);
    return [
      ...added.slice(0, paired).flatMap((value, index) => diff(removed[index], value, at(index))),
      // From behind, so that what is still to be removed stays in its place.
      ...removed.slice(paired).map((_, index) => ({ op: 'remove' as const, path: at(removed.length - 1 - index).toString() })),
      ...added.slice(paired).map((value, index) => ({ op: 'add' as const, path: at(paired + index).toString(), value })),
    ];
  }

  /** The shortest way is sought between the identities, so that nothing is compared twice; what it replaces is looked into. */
  function aligned(removed: readonly unknown[], added: readonly unknown[], start: number, pointer: Pointer): Operation[] {
    const values = new Map(added.map((value) => [identify(value), value]));
    const working = [...removed];
    const steps = diffArrays(removed.map(identify), added.map(identify), new Pointer(), (a, b, place) =>
      a === b ? [] : [{ op: 'replace', path: place.toString(), value: b }],
    );
    return steps.flatMap((step): Operation[] => {
      const index = step.path === '/-' ? working.length : Number(step.path.slice(1));
      const place = pointer.add(String(start + index));
      if (step.op === 'remove') {
        working.splice(index, 1);
        return [{ op: 'remove', path: place.toString() }];
      }
      const value = values.get((step as { value: number }).value);
      const [replaced] = working.splice(index, step.op === 'add' ? 0 : 1, value);
      return step.op === 'add' ? [{ op: 'add', path: place.toString(), value }] : diff(replaced, value, place);
    });
  }

  return diff(from, to, new Pointer());
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Identifier {
  /** A number: the same for equal values. One that is nested too deep, or comes too late, is like no other. */
  identify(value: unknown): number;
  /** Whether there were too many values. */
  isExhausted(): boolean;
}

/** Each value is looked at once. */
function identifier(): Identifier {
  let values = 0;
  const numbers = new Map<unknown, number>();
  const known = new Map<object, number>();
  const numberOf = (key: unknown) => {
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
  function identify(value: unknown, depth: number): number {
    // A text is told from what is made of numbers by its quote.
    if (typeof value !== 'object' || value === null) return numberOf(typeof value === 'string' ? `"${value}` : value);
    const seen = known.get(value);
    if (seen !== undefined) return seen;
    const keys = Object.keys(value);
    values += keys.length + 1;
    let number: number;
    if (depth > 2 * MAX_DEPTH || values > MAX_VALUES) number = numberOf(value);
    else if (Array.isArray(value)) number = numberOf(`[${value.map((item) => identify(item, depth + 1)).join()}`);
    else {
      const members = keys.sort().map((key) => `${numberOf(`"${key}`)}:${identify((value as JsonObject)[key], depth + 1)}`);
      number = numberOf(`{${members.join()}`);
    }
    known.set(value, number);
    return number;
  }
  return { identify: (value) => identify(value, 0), isExhausted: () => values > MAX_VALUES };
}
