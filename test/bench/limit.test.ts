import { expect, inject, test } from 'vitest';
import { capture } from '../../bench/peers/captured.ts';
import { documents } from '../../bench/peers/hand-written.ts';
import { pgbenchScript } from '../../bench/peers/pgbench-script.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const database = useDatabase();
const server = useServer(database);

test('pgbench is given the four statements that the product sends, in both tiers', async () => {
  const source = { apiUrl: database.url, directory: inject('dataDirectory'), token: server.token };
  const asked = [inject('fixture').acme, inject('fixture').globex].map((organization) => ({
    organization,
    question: { principal: persona(organization, 'developer'), query: documents.point, variables: { id: organization.defect } },
  }));
  const captured = await capture(
    source,
    asked.map(({ question }) => question),
  );
  for (const [n, { organization, question }] of asked.entries()) {
    const sent = captured[n];
    const { principal } = question;
    expect(sent?.map(({ text }) => text.split(/\s/)[0])).toEqual(['begin', 'select', 'select', 'commit']);
    const [, identity, statement] = sent ?? [];
    expect(identity?.values.slice(0, 3)).toEqual([organization.id, 'developer', organization.users.developer]);

    // Its statement says the same as the product's: a colon in a literal is written otherwise.
    const { text, variables } = pgbenchScript(sent ?? [], 't');
    const script = text.split(/;\n/)[2] as string;
    expect(script.replaceAll('::', '').match(/:\w+/g)).toEqual([':t_2_1']);
    expect(variables.t_2_1).toBe(organization.defect);
    const answers = await database.as(principal, async (client) => [
      (await client.query(statement?.text as string, [organization.defect])).rows,
      (await client.query(script.replace(':t_2_1', '$1'), [organization.defect])).rows,
    ]);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]).toHaveLength(1);
  }
  // A second server is started.
}, 60_000);

test('nothing is written down of a question that the product refuses', async () => {
  const { acme } = inject('fixture');
  const source = { apiUrl: database.url, directory: inject('dataDirectory'), token: server.token };
  const asked = capture(source, [{ principal: persona(acme, 'analyst'), query: documents.point, variables: { id: acme.defect } }]);
  await expect(asked).rejects.toThrow('The product did not answer');
}, 60_000);

test('what pgbench would take for a variable is written otherwise, or refused', () => {
  const { text, variables } = pgbenchScript([{ text: "select 'a:b', $1::text, $2, '\\n:', 'it''s'", values: ['x', ''] }], 't');
  expect(text).toContain("select U&'a\\003Ab', :t_0_1::text, '', U&'\\\\n\\003A', 'it''s';");
  expect(variables).toEqual({ t_0_1: 'x' });
  expect(() => pgbenchScript([{ text: 'select 1 as "a:b"', values: [] }], 't')).toThrow('for a variable');
  expect(() => pgbenchScript([{ text: 'select $1', values: [[1]] }], 't')).toThrow('neither text nor a number');
});
