import { describe, expect, inject, test } from 'vitest';
import { failed, reporter } from '../defects/reporting.ts';
import { persona, useDatabase } from '../support/database.ts';
import { DETAILS } from '../support/fixture.ts';
import { useServer } from '../support/server.ts';
import { subscribers, type TestSubscription } from '../support/subscriber.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const { as, now } = subscribers(server);

const DEFECTS = `subscription ($after: Cursor, $projectId: UUID) {
  defectReported(after: $after, projectId: $projectId) { cursor eventId occurredAt defect { id title severity project { slug } } } }`;
const DEPLOYMENTS = `subscription ($after: Cursor) {
  deploymentChanged(after: $after) { cursor eventId deployment { id version status } } }`;

describe.each([
  { organization: acme, other: globex },
  { organization: globex, other: acme },
])('what happens in $organization.slug', ({ organization, other }) => {
  const { ask, report } = reporter(server, organization);
  const create = async (title: string, projectId = organization.project, fields: object = {}): Promise<string> => {
    const { data, errors } = await ask(
      'developer',
      'mutation ($defect: DefectInput!) { createDefect(input: { defect: $defect }) { defect { id } } }',
      { defect: { projectId, title, ...fields } },
    );
    expect(errors).toEqual([]);
    return data.createDefect.defect.id;
  };

  test('a defect that a person opens is told of, as the follower may see it', async () => {
    const member = persona(organization, 'member');
    const subscription = (await as(member)).subscribe(DEFECTS, { after: await now(member) });
    const id = await create('Totals are wrong');
    expect(await subscription.next()).toEqual({
      cursor: expect.any(String),
      eventId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      occurredAt: expect.stringMatching(/^2/),
      defect: { id, title: 'Totals are wrong', severity: 'MEDIUM', project: { slug: 'shop' } },
    });
  });

  test('a report tells of each new defect, of none that is known, and of one that comes back', async () => {
    const admin = persona(organization, 'admin');
    const subscription = (await as(admin)).subscribe(DEFECTS, { after: await now(admin) });
    const { newDefectIds, defects } = await report('events-1', [failed('one', 'OneError'), failed('two', 'TwoError')]);
    const first = defects.find((defect: { test: string }) => defect.test === 'one').id;
    const told = [(await subscription.next()).defect.id, (await subscription.next()).defect.id];
    expect(told.sort()).toEqual(newDefectIds.toSorted());
    await report('events-2', [failed('one', 'OneError')]);
    await ask('developer', `mutation { updateDefect(input: { id: "${first}", patch: { status: RESOLVED } }) { clientMutationId } }`);
    expect((await report('events-3', [failed('one', 'OneError')])).regressedDefects).toBe(1);
    expect((await subscription.next()).defect.id).toBe(first);
    const last = await create('The last one');
    expect((await subscription.next()).defect.id).toBe(last);
  });

  test('a deployment is told of when it begins and when it ends', async () => {
    const engineer = persona(organization, 'engineer');
    const subscription = (await as(engineer)).subscribe(DEPLOYMENTS, { after: await now(engineer) });
    const input = { project: 'shop', version: '7.0', environment: 'STAGING' };
    await ask('engineer', 'mutation ($input: StartDeploymentInput!) { startDeployment(input: $input) { isNew } }', { input });
    expect((await subscription.next()).deployment).toMatchObject({ version: '7.0', status: 'IN_PROGRESS' });
    await ask('engineer', 'mutation ($input: FinishDeploymentInput!) { finishDeployment(input: $input) { clientMutationId } }', {
      input: { ...input, status: 'SUCCESS' },
    });
    expect((await subscription.next()).deployment).toMatchObject({ version: '7.0', status: 'SUCCESS' });
  });

  test('only of a project, of those that the follower may see, and of no other organization', async () => {
    const [admin, ci] = [persona(organization, 'admin'), persona(organization, 'ci')];
    const after = await now(admin);
    const narrowed = (await as(admin)).subscribe(DEFECTS, { after, projectId: organization.otherProject.toUpperCase() });
    const bound = (await as(ci)).subscribe(DEFECTS, { after });
    const all = (await as(admin)).subscribe(DEFECTS, { after });
    const stranger = (await as(persona(other, 'admin'))).subscribe(DEFECTS, { after: await now(persona(other, 'admin')) });
    const shop = await create('In the shop');
    const billing = await create('In billing', organization.otherProject);
    const lastShop = await create('In the shop again');
    const lastBilling = await create('In billing again', organization.otherProject);
    expect([(await narrowed.next()).defect.id, (await narrowed.next()).defect.id]).toEqual([billing, lastBilling]);
    expect([(await bound.next()).defect.id, (await bound.next()).defect.id]).toEqual([shop, lastShop]);
    const told = [];
    for (let index = 0; index < 4; index += 1) told.push((await all.next()).defect.id);
    expect(told).toEqual([shop, billing, lastShop, lastBilling]);
    // Had it been told of any of them, this would not be the first.
    const own = await reporter(server, other).report(`stranger-${organization.slug}`, [failed('own', `Own${organization.slug}`)]);
    expect((await stranger.next()).defect.id).toBe(own.newDefectIds[0]);
  });

  test('what is sensitive is masked as it is in a query', async () => {
    const MASKED = 'subscription ($after: Cursor) { defectReported(after: $after) { defect { failureDetails } } }';
    const subscriptions = await Promise.all(
      (['admin', 'developer', 'member'] as const).map(async (role) =>
        (await as(persona(organization, role))).subscribe(MASKED, { after: await now(persona(organization, role)) }),
      ),
    );
    const id = await create('Sensitive', organization.project, { failureDetails: DETAILS });
    for (const [index, role] of (['admin', 'developer', 'member'] as const).entries()) {
      const { failureDetails } = (await (subscriptions[index] as TestSubscription).next()).defect;
      expect(failureDetails).toBe((await ask(role, `{ defect(id: "${id}") { failureDetails } }`)).data.defect.failureDetails);
      expect(failureDetails === DETAILS).toBe(role === 'admin');
      expect(failureDetails.includes('alice@example.com')).toBe(role === 'admin');
    }
  });

  test('who may not read defects follows none', async () => {
    const subscription = (await as(persona(organization, 'analyst'))).subscribe(DEFECTS);
    expect(await subscription.ended()).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  test('without a cursor it is told of what happens from then on', async () => {
    const admin = persona(organization, 'admin');
    const told = (await as(admin)).subscribe(DEFECTS).next();
    const settled = told.then(() => true);
    // It is told of nothing that happens before its organization's events are listened for.
    while (!(await Promise.race([settled, create('Again').then(() => false)])));
    expect((await told).defect.title).toBe('Again');
  });
});
