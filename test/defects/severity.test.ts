import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { expectError } from '../http/answers.ts';
import { useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { failed, passed, reporter } from './reporting.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
let runs = 0;

describe.each([acme, globex])('severity in $slug', (organization) => {
  const { ask, report, data } = reporter(server, organization);
  const severityOf = async (fields: object) => {
    runs += 1;
    const type = `Severity${runs}`;
    const { suite = '', file = '', name = 'it', ...rest } = fields as Record<string, string>;
    return (await report(`severity ${runs}`, [failed(name, type, { suite, file, ...rest }), passed('ok')])).defects[0].severity;
  };

  test.each([
    // Only the interface.
    ['LOW', { suite: 'LoginPage', name: 'shows the button' }],
    ['LOW', { file: 'src/components/tooltip.test.tsx' }],
    ['LOW', { suite: 'theme', name: 'renders the icon' }],
    ['LOW', { name: 'css snapshot of the dialog' }],
    // A service is involved.
    ['MEDIUM', { suite: 'CartService', name: 'adds an item' }],
    ['MEDIUM', { file: 'test/api/orders.test.ts', name: 'answers 404' }],
    ['MEDIUM', { suite: 'webhooks', name: 'signs what it sends' }],
    // Data, or several layers.
    ['HIGH', { suite: 'OrderRepository', name: 'finds by id' }],
    ['HIGH', { name: 'a migration keeps every row' }],
    ['HIGH', { suite: 'checkout', name: 'payment is booked once' }],
    ['HIGH', { suite: 'LoginPage', name: 'asks the api once' }],
    // Nothing tells.
    ['MEDIUM', { suite: 'cart', name: 'adds up' }],
    // Words only: "apiary" is no API, "update" no data, "build" no UI.
    ['MEDIUM', { suite: 'apiary', name: 'update the build' }],
  ])('is %s by default for %o', async (severity, where) => {
    expect(await severityOf(where)).toBe(severity);
  });

  test('is what the report says, rather than the default', async () => {
    expect(await severityOf({ suite: 'OrderRepository', severity: 'LOW' })).toBe('LOW');
  });

  test('is what the first rule says that fits, rather than the report', async () => {
    const rule = async (position: number, pattern: object, severity: string, projectId: string | null = null) => {
      const made = await data(
        'admin',
        'mutation ($rule: SeverityRuleInput!) { createSeverityRule(input: { severityRule: $rule }) { severityRule { id } } }',
        { rule: { position, pattern, severity, projectId } },
      );
      onTestFinished(
        async () =>
          void (await data(
            'admin',
            `mutation { deleteSeverityRule(input: { id: "${made.createSeverityRule.severityRule.id}" }) { clientMutationId } }`,
          )),
      );
    };
    await rule(20, { suite: 'ruled*' }, 'LOW');
    await rule(10, { suite: 'RULED *', message: '*of something' }, 'CRITICAL');
    await rule(5, { suite: 'ruled and *', file: '*.never' }, 'HIGH');
    await rule(1, { suite: 'ruled elsewhere' }, 'HIGH', organization.otherProject);
    await rule(2, { suite: '100%_sure\\' }, 'CRITICAL');
    expect(await severityOf({ suite: 'ruled and more', severity: 'HIGH' })).toBe('CRITICAL');
    expect(await severityOf({ suite: 'ruledout', severity: 'HIGH' })).toBe('LOW');
    expect(await severityOf({ suite: 'ruled elsewhere' })).toBe('CRITICAL');
    expect(await severityOf({ suite: 'unruled' })).toBe('MEDIUM');
    // Only * stands for anything.
    expect(await severityOf({ suite: '100%_sure\\' })).toBe('CRITICAL');
    expect(await severityOf({ suite: '100 % is sure\\' })).toBe('MEDIUM');
  });

  test.each([{}, [], 'x', { suite: 1 }, { suite: '' }, { suit: 'x' }, { suite: 'x'.repeat(501) }])(
    'a pattern is not %j',
    async (pattern) => {
      const answer = await ask(
        'admin',
        'mutation ($pattern: JSON!) { createSeverityRule(input: { severityRule: { pattern: $pattern, severity: LOW } }) { severityRule { id } } }',
        { pattern },
      );
      expectError(answer, 'BAD_USER_INPUT');
    },
  );
});
