import { randomUUID } from 'node:crypto';
import { expect, inject, test } from 'vitest';
import { explainer } from '../policies/explanation.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { run } from './command-line.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

function command(...args: string[]) {
  return run(['doctor', 'explain', ...args], { DATA_DIR: inject('dataDirectory'), DATABASE_URL: database.url });
}

const question = (org: string, id: string, ...rest: string[]) => ['--org', org, '--type', 'Defect', '--id', id, ...rest];

test('the verdict, what would change it, and what it is made of', async () => {
  const { code, stdout, stderr } = await command(...question('acme', acme.defect, '--as', 'engineer', '--operation', 'delete'));
  expect([code, stderr]).toEqual([2, '']);
  expect(stdout.replace(acme.defect, '<id>')).toMatchInlineSnapshot(`
    "✗ engineer of acme may not delete Defect <id>.
      The role has no grant for it. Ask for a role that may delete rows of this kind: admin.

    Grants
      ✗ delete: nothing
      ✓ select: every field

    Policies
      ✗ delete: permission_delete (restricts). The role has the permission for this.
          row:     ( SELECT app_private.has_permission(VARIADIC ARRAY['defects:write'::text]) AS has_permission)
      ✓ delete: tenant (restricts). The row belongs to your organization.
          row:     (organization_id = ( SELECT app_private.current_org_id('app'::text) AS current_org_id))
      ✓ select: permission_select (restricts). The role has the permission for this.
          row:     ( SELECT app_private.has_permission(VARIADIC ARRAY['defects:read'::text]) AS has_permission)
      ✓ select: tenant (restricts). The row belongs to your organization.
          row:     (organization_id = ( SELECT app_private.current_org_id('app'::text) AS current_org_id))
      ✓ select: read (allows). The role may do this with rows of this kind.
          row:     true

    Sensitive fields
      failureDetails: partial, by default
      fingerprintExplanation: partial, by default
      stackTrace: partial, by default
    "
  `);
});

test('a member by e-mail address has the role that the member has, and exits with 0 where it may', async () => {
  const { code, stdout, stderr } = await command(
    ...question('globex', globex.defect, '--user', 'Engineer@globex.example', '--operation', 'update'),
  );
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(
    new RegExp(`^✓ engineer of globex \\(Engineer@globex.example\\) may update Defect ${globex.defect}\\.\n\nGrants\n`),
  );
  expect(stdout).toContain('  ✓ update: only status, assigneeId, version\n');
});

test('a credential that is bound to a project', async () => {
  const bound = ['--as', 'ci', '--project', 'shop'];
  expect(await command(...question('globex', globex.defect, ...bound))).toMatchObject({ code: 0 });
  const { code, stdout } = await command(...question('globex', globex.otherDefect, ...bound));
  expect(code).toBe(2);
  expect(stdout).toContain('  No policy lets the row pass. The row belongs to another project: use a credential for that project.\n');
  expect(stdout).toMatch(
    / {2}✗ select: read_own_project \(allows\)\. The row belongs to a project that the credential is for\.\n {6}row: /,
  );
});

test('with --json what the API answers an admin', async () => {
  const { code, stdout, stderr } = await command(...question('acme', acme.defect, '--as', 'member', '--operation', 'update', '--json'));
  expect([code, stderr]).toEqual([2, '']);
  const answer = await explainer(server).explained(persona(acme, 'admin'), {
    type: 'Defect',
    id: acme.defect,
    operation: 'UPDATE',
    role: 'MEMBER',
  });
  expect(JSON.parse(stdout)).toEqual(answer);
});

test.each([
  ['the organization', question('umbrella', acme.defect, '--as', 'admin'), 'There is no organization "umbrella".'],
  ['the row', question('acme', randomUUID(), '--as', 'admin'), 'There is nothing of that type by that id.'],
  ["the row in another's organization", question('acme', globex.defect, '--as', 'admin'), 'There is nothing of that type by that id.'],
  [
    'the role',
    question('acme', acme.defect, '--as', 'root'),
    'There is no role "root": choose one of admin, developer, engineer, auditor, analyst, member, ci.',
  ],
  ['the member', question('acme', acme.defect, '--user', 'x@y.z'), 'Nobody in acme has the e-mail address or id "x@y.z".'],
  [
    'the member in that role',
    question('acme', acme.defect, '--as', 'admin', '--user', 'member@acme.example'),
    'member@acme.example is member in acme, not admin.',
  ],
  ['the project', question('acme', acme.defect, '--as', 'ci', '--project', 'none'), 'There is no project "none" in acme.'],
  ['whom to ask for', question('acme', acme.defect), 'Say for whom: --as <role>, --user <e-mail>, or both.'],
])('there is no such thing as %s', async (_, args, sentence) => {
  expect(await command(...args)).toEqual({ code: 1, stdout: '', stderr: `${sentence}\n` });
});
