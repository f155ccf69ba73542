import pg from 'pg';
import { makeSchema } from 'postgraphile';
import { type GraphQLSchema, isObjectType, lexicographicSortSchema, printSchema } from 'postgraphile/graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { schemaPreset } from '../../graphile.config.ts';
import { connectionOptions } from '../../src/database/connection.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();
let pool: pg.Pool;
beforeAll(() => {
  pool = new pg.Pool(connectionOptions(database.url));
});
afterAll(() => pool.end());

async function schemaOf(preset: GraphileConfig.Preset): Promise<GraphQLSchema> {
  return (await makeSchema({ extends: [schemaPreset(pool), preset] })).schema;
}

const REMEMBERED = ['getBehaviorForEntity', 'entityMatches', 'getPreferencesAppliedBehaviors', 'validateBehavior'];

const print = (schema: GraphQLSchema) => printSchema(lexicographicSortSchema(schema));

test('the schema is what it is where each question is asked anew', async () => {
  let [isRemembering, isAny] = [false, false];
  const observe: GraphileConfig.Plugin = {
    name: 'ObserveBehaviorPlugin',
    schema: {
      hooks: {
        finalize(schema, { behavior }) {
          isRemembering = REMEMBERED.every((method) => Object.hasOwn(behavior, method));
          isAny = REMEMBERED.some((method) => Object.hasOwn(behavior, method));
          return schema;
        },
      },
    },
  };
  const remembered = await schemaOf({ plugins: [observe] });
  expect(isRemembering).toBe(true);
  const anew = await schemaOf({ plugins: [observe], disablePlugins: ['RememberedBehaviorsPlugin'] });
  expect(isAny).toBe(false);
  expect(print(remembered)).toBe(print(anew));
});

test('each start reads the catalogue: what is changed by hand is there', async () => {
  const fieldOf = async () => {
    const project = (await schemaOf({})).getType('Project');
    return isObjectType(project) ? project.getFields().nickname?.description : null;
  };
  expect(await fieldOf()).toBeUndefined();
  await database.operator.query('alter table app.projects add column nickname text');
  await database.operator.query("comment on column app.projects.nickname is 'What it is called.'");
  expect(await fieldOf()).toBe('What it is called.');
  await database.operator.query("comment on column app.projects.nickname is 'What it is called at home.'");
  expect(await fieldOf()).toBe('What it is called at home.');
  await database.operator.query('alter table app.projects drop column nickname');
  expect(await fieldOf()).toBeUndefined();
});
