import { randomUUID } from 'node:crypto';
import { getNamedType } from 'postgraphile/graphql';
import { attemptsFor } from './bad-values.ts';
import { inputOf, kindOf, type Place, placesOf } from './schema.ts';
import { type Walker, withValues } from './walker.ts';

/** A mutation tried with an input that is wrong at one place, or may be. */
export interface Try {
  readonly what: string;
  readonly place: Place;
  /** The input as JSON. */
  readonly input: string;
  /** Whether nothing may take it. */
  readonly refused: boolean;
}

/** What a client chooses for itself is given back as it is, by every mutation in the same way: a few tries are enough. */
export const ECHOED = 'clientMutationId';
const ECHOES = /^(a NUL|markup|a number)$/;

/** Everything that is tried of a mutation at one place at a time, each with an input that is valid but for that. */
export async function triesOf(mutation: string, walker: Walker): Promise<Try[]> {
  const tries: Try[] = [];
  const places = placesOf(inputOf(mutation));
  /** A valid input that has what a place is in, such as an object that need not be given. */
  const validAround = async (place: Place) => {
    const input = await walker.validInput(mutation);
    const around = places.find(({ path }) => isWithin(place.path, path) && valueAt(input, path) === undefined);
    return around === undefined
      ? input
      : JSON.parse(withValues(input, [{ path: around.path, json: JSON.stringify(await walker.validValue(mutation, around)) }]));
  };
  for (const place of places) {
    const add = async (what: string, json: string | undefined, refused: boolean) => {
      const input = withValues(await validAround(place), [{ path: place.path, json }]);
      tries.push({ what, place, input, refused });
    };
    if (place.required && typeof place.path.at(-1) === 'string') await add('nothing', undefined, true);
    if (place.required) await add('null', 'null', true);
    for (const { what, json, refused } of attemptsFor(place.type, await walker.validValue(mutation, place))) {
      if (place.name !== ECHOED || ECHOES.test(what)) await add(what, json, refused);
    }
  }
  return tries;
}

/** A mutation tried with ids of no row and of other organizations' rows at one place; the answers may not differ. */
export interface ForeignIds {
  readonly place: Place;
  readonly inputs: readonly string[];
}

export async function foreignIdsOf(mutation: string, walker: Walker, neighbours: readonly Walker[]): Promise<ForeignIds[]> {
  const places = placesOf(inputOf(mutation)).filter(({ type }) => getNamedType(type).name === 'UUID' && !String(type).startsWith('['));
  return Promise.all(
    places.map(async (place) => {
      const kind = kindOf(mutation, place);
      if (kind === null) throw new Error(`${mutation}: nothing says what ${place.path.join('.')} is the id of.`);
      const theirs = await Promise.all(neighbours.map((neighbour) => neighbour.idBeyond(kind, walker)));
      const ids = [randomUUID(), ...theirs];
      // The same input but for the id: what is unique in it stays so, as all are refused.
      const base = await walker.validInput(mutation);
      return { place, inputs: ids.map((id) => withValues(base, [{ path: place.path, json: JSON.stringify(id) }])) };
    }),
  );
}

function isWithin(path: Place['path'], around: Place['path']): boolean {
  return around.length < path.length && around.every((key, index) => key === path[index]);
}

function valueAt(input: unknown, path: Place['path']): unknown {
  return path.reduce((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], input);
}
