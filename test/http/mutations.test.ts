import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';
import { type GraphQLAnswer, useServer } from '../support/server.ts';
import { expectError, expectNothingInternal } from './answers.ts';
import { attemptsFor } from './mutations/bad-values.ts';
import { LENIENT, PASSWORDS, REFUSED } from './mutations/hints.ts';
import { Rows } from './mutations/rows.ts';
import { inputOf, kindsNamed, MUTATIONS, placesOf } from './mutations/schema.ts';
import { ECHOED, foreignIdsOf, type Try, triesOf } from './mutations/tries.ts';
import { Walker, withValues } from './mutations/walker.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database, { SIGN_IN_ATTEMPTS_PER_ADDRESS: '100000', SIGN_IN_ATTEMPTS_PER_ACCOUNT: '1000' });
const PATIENCE = 60_000;
/** Whatever is sent, it is the sender's fault, and none of these says so. */
const OURS = ['INTERNAL', 'TIMEOUT', 'UNAVAILABLE', 'RATE_LIMITED', 'QUERY_TOO_COMPLEX'];

const walkers = [acme, initech, globex].map((organization) => new Walker(server, organization));
const walkerOf = (organization: FixtureOrganization) => walkers.find((walker) => walker.organization === organization) as Walker;

// Of before anything was changed: the walk through one organization ends rows that another asks for.
beforeAll(async () => {
  for (const walker of walkers) await Promise.all(kindsNamed().map((kind) => walker.ids(kind)));
});

const tiers = [
  { tier: 'shared', own: acme, others: [initech, globex] },
  { tier: 'schema', own: globex, others: [acme, initech] },
];

test('the mutations that are tried are all that the server has', async () => {
  const { data } = await server.query(persona(acme, 'admin'), '{ __type(name: "Mutation") { fields { name } } }');
  expect(data.__type.fields.map(({ name }: { name: string }) => name).sort()).toEqual([...MUTATIONS].sort());
});

describe.each(tiers)('in the tier "$tier"', ({ tier, own, others }) => {
  const walker = walkerOf(own);
  const neighbours = others.map(walkerOf);
  const stored = () => new Rows(database.operator);
  const elsewhere = others.map(({ id }) => id);
  const tried = MUTATIONS.filter((name) => tier === 'shared' || !PASSWORDS.has(name));
  let before: Record<string, string>;

  beforeAll(async () => {
    before = await stored().written(elsewhere);
  });

  afterAll(async () => {
    expect(await stored().written(elsewhere)).toEqual(before);
  });

  describe.each(tried)('%s', (name) => {
    const places = placesOf(inputOf(name));

    test('takes what is valid', async () => {
      const input = await walker.validInput(name);
      const { errors } = await walker.run(name, input);
      const codes = errors.map(({ extensions }) => extensions.code);
      expect(codes, `${JSON.stringify(input)}: ${JSON.stringify(errors)}`).toEqual(REFUSED[name] === undefined ? [] : [REFUSED[name]]);
    });

    test(
      'refuses what is not, names it, and leaves nothing',
      async () => {
        const tries = await triesOf(name, walker);
        const untouched = await stored().written([own.id]);
        const faults = await send(tries.filter(({ refused }) => refused));
        if (faults.length === 0) expect(await stored().written([own.id])).toEqual(untouched);
        // Of odd passwords, a quarter of a second each, test/http/fuzz.test.ts tries many.
        if (!PASSWORDS.has(name)) faults.push(...(await send(tries.filter(({ refused }) => !refused))));
        if (faults.length > 0) throw new Error(faults.join('\n'));
      },
      PATIENCE,
    );

    /** Tries the mutation, and says what is wrong with the answers. */
    async function send(tries: readonly Try[]): Promise<string[]> {
      const faults: string[] = [];
      const left = [...tries];
      const one = async () => {
        for (let next = left.pop(); next !== undefined; next = left.pop()) {
          const { place, what } = next;
          const found = faultsOf(await walker.runText(name, next.input), next);
          faults.push(...found.map((fault) => `${name}(${place.path.join('.')}: ${what}): ${fault}`));
        }
      };
      await Promise.all([one(), one(), one(), one()]);
      return faults;
    }

    test('tells no id of another organization from one of no row', async () => {
      const foreign = await foreignIdsOf(name, walker, neighbours);
      const untouched = await stored().written([own.id]);
      for (const { place, inputs } of foreign) {
        const answers = [];
        for (const input of inputs) answers.push(withoutIds(await walker.runText(name, input)));
        if (!LENIENT.has(name)) expect(answers[0]?.errors, place.path.join('.')).not.toEqual([]);
        for (const answer of answers) expect(answer, place.path.join('.')).toEqual(answers[0]);
      }
      expect(await stored().written([own.id])).toEqual(untouched);
    });

    const expected = places.find((place) => place.name === 'expectedVersion');
    if (expected !== undefined)
      test('tells of a change in between', async () => {
        const input = withValues(await walker.validInput(name), [{ path: expected.path, json: '987654' }]);
        const error = expectError(await walker.runText(name, input), 'CONFLICT');
        expect(error.extensions.currentVersion).toEqual(expect.any(Number));
      });

    if (places.length > 0 && !PASSWORDS.has(name))
      test(
        'bears any faults at once',
        async () => {
          const wrong = await Promise.all(
            places.map(async (place) => ({ path: place.path, attempts: attemptsFor(place.type, await walker.validValue(name, place)) })),
          );
          const fault = fc
            .constantFrom(...wrong)
            .chain(({ path, attempts }) =>
              fc.record({ path: fc.constant(path), json: fc.constantFrom(...attempts.map(({ json }) => json)) }),
            )
            .filter(({ json }) => json.length < 200_000);
          await fc.assert(
            fc.asyncProperty(fc.array(fault, { minLength: 2, maxLength: 5 }), async (values) => {
              const answer = await walker.runText(name, withValues(await walker.validInput(name), values));
              expectNothingInternal(answer);
              for (const { extensions } of answer.errors) expect(OURS).not.toContain(extensions.code);
            }),
            { numRuns: 4 },
          );
        },
        PATIENCE,
      );
  });

  test('nothing of it is a failure of the server', () => {
    expect(server.log.filter((line) => line.includes('request failed'))).toEqual([]);
  });
});

/** What is wrong with the answer to a try: whose fault it is, what it tells, and whether it names the field. */
function faultsOf(answer: GraphQLAnswer, { place, refused }: Try): string[] {
  const faults: string[] = [];
  const said = answer.errors.map(({ message, extensions }) => `${extensions.code} "${message.slice(0, 200)}" ${extensions.fields ?? ''}`);
  try {
    expectNothingInternal(answer);
  } catch (error) {
    faults.push(`something internal: ${(error as Error).message.slice(0, 200)}`);
  }
  if (refused && answer.errors.length === 0) faults.push('taken');
  for (const { message, extensions } of answer.errors) {
    if (OURS.includes(extensions.code)) faults.push(`as our fault: ${said}`);
    if (message.length > 1000) faults.push(`in ${message.length} characters`);
  }
  const names = ({ message, extensions }: GraphQLAnswer['errors'][number]) =>
    message.includes(place.name) || (extensions.fields as string[] | undefined)?.some((field) => field.split('.').includes(place.name));
  const isInput = answer.errors.some(({ extensions }) => extensions.code === 'BAD_USER_INPUT');
  if (isInput && place.name !== ECHOED && !answer.errors.some(names)) {
    faults.push(`without its name: ${said}`);
  }
  return faults;
}

function withoutIds(answer: GraphQLAnswer): GraphQLAnswer {
  return JSON.parse(JSON.stringify(answer).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'id'));
}
