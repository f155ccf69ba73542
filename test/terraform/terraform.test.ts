import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { PATIENCE } from '../cli/command-line.ts';
import { type ServedClone, useServedClone } from '../cli/served-clone.ts';
import { makeDesign } from '../states/designs.ts';
import { persona } from '../support/database.ts';
import { backendAt, basic } from './backend.ts';
import { findTerraform, type Ran, Workspace } from './terraform.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const { acme, globex } = inject('fixture');
const program = findTerraform();
if (program === null) {
  console.warn('test/terraform: NOT TRIED with Terraform itself, which is not on the PATH; name it by TERRAFORM. Its protocol is tried.');
}

const CONFIGURATION = `
terraform {
  backend "http" {}
}
resource "terraform_data" "greeting" {
  input = "hello"
}
output "greeting" {
  value = terraform_data.greeting.output
}
`;
const SLOW = `
resource "terraform_data" "slow" {
  provisioner "local-exec" {
    command = "touch started; while [ ! -e go ]; do sleep 0.05; done"
  }
}
`;

/** Two clients of one state, each in a directory of its own. */
async function clients(clone: ServedClone, organization: typeof acme, workspace: string, ofDesign?: string) {
  const design = ofDesign ?? (await makeDesign(clone.database, organization, { creator: 'engineer' }));
  const token = await clone.token(persona(organization, 'engineer'));
  const address = `${clone.url}/terraform/states/${design}/${workspace}`;
  const client = (methods: Record<string, string> = { lock_method: 'LOCK', unlock_method: 'UNLOCK' }, lock = address) => {
    const made = new Workspace(program as string, { TF_HTTP_USERNAME: 'defectxray', TF_HTTP_PASSWORD: token, TF_HTTP_RETRY_MAX: '0' });
    made.write('main.tf', CONFIGURATION);
    const settings = { address, lock_address: lock, unlock_address: lock, ...methods };
    const init = (...args: string[]) =>
      made.run('init', ...args, ...Object.entries(settings).map(([name, value]) => `-backend-config=${name}=${value}`));
    return Object.assign(made, { init });
  };
  return { design, address, backend: backendAt(address, basic(token)), client };
}

/** Terraform breaks its lines where it likes. */
function inOneLine({ output }: Ran): string {
  return output.replaceAll(/\s+/g, ' ');
}

function expectDone({ code, output }: Ran): void {
  expect(code, output).toBe(0);
}

describe.skipIf(program === null)('Terraform', () => {
  const clone = useServedClone();
  const made: Workspace[] = [];
  afterAll(() => {
    for (const workspace of made) workspace.remove();
  });

  const clientsOf = async (organization: typeof acme, workspace: string, design?: string) => {
    const of = await clients(clone, organization, workspace, design);
    return {
      ...of,
      client(...settings: Parameters<typeof of.client>) {
        const client = of.client(...settings);
        made.push(client);
        return client;
      },
    };
  };

  describe.each([acme, globex])('in $slug', (organization) => {
    let of: Awaited<ReturnType<typeof clientsOf>>;
    let first: ReturnType<typeof of.client>;
    beforeAll(async () => {
      of = await clientsOf(organization, 'default');
      first = of.client();
    });

    test('initializes, plans, applies, and reads what it has stored', async () => {
      expectDone(await first.run('version'));
      expectDone(await first.init());
      const plan = await first.run('plan');
      expectDone(plan);
      expect(plan.output).toContain('Plan: 1 to add, 0 to change, 0 to destroy.');
      expectDone(await first.run('apply', '-auto-approve'));
      expect((await first.run('output', '-raw', 'greeting')).output).toBe('hello');
      expect((await first.run('plan')).output).toContain('No changes.');
      const pulled = JSON.parse((await first.run('state', 'pull')).output) as { serial: number; resources: { name: string }[] };
      expect(pulled.resources.map(({ name }) => name)).toEqual(['greeting']);
      expect(JSON.parse((await of.backend.get()).bytes.toString())).toEqual(pulled);
    });

    test('holds the lock while it applies: another client is told who has it, and goes on afterwards', async () => {
      first.write('slow.tf', SLOW);
      const applying = first.start('apply', '-auto-approve');
      await vi.waitFor(() => expect(existsSync(join(first.directory, 'started')), applying.output).toBe(true), PATIENCE);
      const second = of.client();
      second.write('slow.tf', SLOW);
      expectDone(await second.init());
      const refused = await second.run('plan');
      expect(refused.code).toBe(1);
      expect(refused.output).toContain('Error acquiring the state lock');
      const holder = JSON.parse((await of.backend.lock('somebody else')).bytes.toString()) as { ID: string; Operation: string };
      expect(holder.Operation).toBe('OperationTypeApply');
      expect(inOneLine(refused)).toContain(`HTTP remote state already locked: ID=${holder.ID}`);
      first.write('go', '');
      expectDone(await applying.ended);
      const after = await second.run('plan');
      expectDone(after);
      expect(after.output).toContain('No changes.');
    });

    test('force-unlock gives free what a client that died has left', async () => {
      const id = randomUUID();
      expect((await of.backend.lock(id)).status).toBe(200);
      const refused = await first.run('plan');
      expect([refused.code, inOneLine(refused).includes(`already locked: ID=${id}`)]).toEqual([1, true]);
      expectDone(await first.run('force-unlock', '-force', id));
      expectDone(await first.run('plan'));
    });

    test('moves what is in the state', async () => {
      first.write('main.tf', CONFIGURATION.replaceAll('greeting', 'salute'));
      expectDone(await first.run('state', 'mv', 'terraform_data.greeting', 'terraform_data.salute'));
      expect((await first.run('state', 'list')).output).toContain('terraform_data.salute');
      expectDone(await first.run('apply', '-auto-approve'));
    });

    test('pushes a state with a higher serial; an older one and one of another lineage are refused', async () => {
      const pulled = JSON.parse((await first.run('state', 'pull')).output) as { serial: number; lineage: string };
      const push = async (state: object, ...args: string[]) => {
        first.write('pushed.tfstate', JSON.stringify(state));
        return first.run('state', 'push', ...args, 'pushed.tfstate');
      };
      expectDone(await push({ ...pulled, serial: pulled.serial + 1 }));
      const { bytes: stored } = await of.backend.get();
      expect((JSON.parse(stored.toString()) as typeof pulled).serial).toBeGreaterThan(pulled.serial);
      // Terraform itself says no before it asks; forced, it asks, and the server says no.
      const older = { ...pulled, serial: 1, outputs: {} };
      expect((await push(older)).output).toContain('cannot import state with serial 1 over newer state');
      const foreign = { ...pulled, lineage: randomUUID(), serial: 99 };
      expect((await push(foreign)).output).toContain('cannot import state with lineage');
      for (const state of [older, foreign]) {
        const forced = await push(state, '-force');
        expect(forced.code, forced.output).toBe(1);
        expect(forced.output).toContain('HTTP error: 409');
      }
      expect((await of.backend.get()).bytes).toEqual(stored);
    });

    test('destroys, which is a state too', async () => {
      expectDone(await first.run('destroy', '-auto-approve'));
      const { resources } = JSON.parse((await of.backend.get()).bytes.toString()) as { resources: unknown[] };
      expect(resources).toEqual([]);
    });

    test('with a lock of its own address, by POST and DELETE', async () => {
      const other = await clientsOf(organization, 'by-post');
      const client = other.client({ lock_method: 'POST', unlock_method: 'DELETE' }, `${other.address}/lock`);
      expectDone(await client.init());
      expectDone(await client.run('apply', '-auto-approve'));
      const id = randomUUID();
      await other.backend.lock(id);
      const refused = await client.run('apply', '-auto-approve');
      expect([refused.code, inOneLine(refused).includes(`already locked: ID=${id}`)]).toEqual([1, true]);
      expectDone(await client.run('force-unlock', '-force', id));
      expectDone(await client.run('plan'));
    });

    test('takes over a state that was kept elsewhere', async () => {
      const other = await clientsOf(organization, 'migrated');
      const client = other.client();
      client.write('main.tf', CONFIGURATION.replace('backend "http" {}', ''));
      expectDone(await client.run('init'));
      expectDone(await client.run('apply', '-auto-approve'));
      client.write('main.tf', CONFIGURATION);
      expectDone(await client.init('-migrate-state', '-force-copy'));
      expect((await client.run('plan')).output).toContain('No changes.');
      expect((await other.backend.get()).bytes.toString()).toContain('terraform_data');
    });

    test('workspaces are states of their own, by the last part of the address', async () => {
      const staging = (await clientsOf(organization, 'staging', of.design)).client();
      const production = (await clientsOf(organization, 'production', of.design)).client();
      for (const client of [staging, production]) expectDone(await client.init());
      expectDone(await staging.run('apply', '-auto-approve'));
      expect((await staging.run('state', 'list')).output).toContain('terraform_data.greeting');
      expect(inOneLine(await production.run('state', 'list'))).toContain('No state file was found!');
      expect(inOneLine(await staging.run('workspace', 'new', 'x'))).toContain('workspaces not supported');
    });
  });

  test('the configuration of docs/terraform.md works as it stands there', async () => {
    const of = await clientsOf(acme, 'production');
    const documented = readFileSync(new URL('../../docs/terraform.md', import.meta.url), 'utf8');
    const [, configuration = ''] = /```hcl\n(.*?)```/s.exec(documented) ?? [];
    const addresses = /"https:\/\/defectxray\.example\/terraform\/states\/[0-9a-f-]{36}\/production"/g;
    expect(configuration.match(addresses)).toHaveLength(3);
    const client = of.client();
    client.write('main.tf', CONFIGURATION.replace(/terraform \{.*?\n\}\n/s, configuration.replaceAll(addresses, `"${of.address}"`)));
    expectDone(await client.run('init'));
    expectDone(await client.run('apply', '-auto-approve'));
    await of.backend.lock('held');
    expect((await client.run('plan')).output).toContain('Error acquiring the state lock');
  });

  test('is refused without a credential, and for a design that is not there', async () => {
    const of = await clientsOf(acme, 'default');
    const client = of.client();
    const without = await client.run('init', `-backend-config=address=${of.address}`, '-backend-config=password=dxk_wrong');
    expect([without.code, without.output]).toEqual([1, expect.stringContaining('requires auth')]);
    const theirs = await clientsOf(globex, 'default');
    const path = new URL(theirs.address).pathname;
    const nowhere = await client.run('init', '-reconfigure', `-backend-config=address=${clone.url}${path}`);
    expectDone(nowhere);
    expect((await client.run('apply', '-auto-approve')).output).toContain('404');
  });
});
