import { readFileSync } from 'node:fs';
import type pg from 'pg';
import type { ActAs } from './seed-operations.ts';

interface DemoTemplate {
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly provider: string;
  readonly isFeatured: boolean;
  readonly canvas: unknown;
}

/** People are named by what they are in the organization. */
interface DemoDesign {
  readonly name: string;
  readonly description: string;
  readonly creator: string;
  readonly project: string;
  readonly template: string;
  readonly visibility: string;
  readonly status: string;
  /** Each draws one node more. */
  readonly changes: readonly { readonly by: string; readonly changelog: string; readonly add: unknown }[];
  readonly resources: readonly { readonly name: string; readonly type: string; readonly provider: string; readonly config: unknown }[];
  readonly shares: readonly { readonly with: string; readonly permission: string }[];
  readonly threads: readonly {
    readonly by: string;
    readonly body: string;
    readonly position: unknown;
    readonly replies: readonly { readonly by: string; readonly body: string }[];
    readonly isResolved: boolean;
  }[];
}

/** Makes the designs of the demo data, each step as the person who takes it, as far as they are not there. */
export async function makeDesigns(client: pg.Client, act: ActAs, organization: string): Promise<void> {
  const { templates, designs } = JSON.parse(readFileSync(new URL('../../db/seeds/designs.json', import.meta.url), 'utf8')) as {
    templates: readonly DemoTemplate[];
    designs: readonly DemoDesign[];
  };
  const person = (title: string) => `${organization} ${title}`;
  await act(person('Engineer'), async () => {
    for (const { name, description, category, provider, isFeatured, canvas } of templates) {
      await client.query(
        `insert into templates (name, description, category, cloud_provider, is_featured, canvas) values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing`,
        [name, description, category, provider, isFeatured, canvas],
      );
    }
  });
  for (const design of designs) await makeDesign(client, act, person, design);
}

async function makeDesign(client: pg.Client, act: ActAs, person: (title: string) => string, design: DemoDesign): Promise<void> {
  const { name, description, creator, project, template, visibility, status, changes, resources, shares, threads } = design;
  await act(person(creator), async () => {
    const { rowCount } = await client.query(
      `insert into designs (name, description, status, visibility, project_id, template_id)
       select $1, $2, $3, $4, (select id from projects where slug = $5), (select id from templates where name = $6)
       where not exists (select from designs where name = $1)`,
      [name, description, status, visibility, project, template],
    );
    if (rowCount === 0) return;
    for (const resource of resources) {
      await client.query(
        `insert into resources (design_id, name, resource_type, provider, config)
         select id, $2, $3, $4, $5 from designs where name = $1`,
        [name, resource.name, resource.type, resource.provider, JSON.stringify(resource.config)],
      );
    }
    for (const share of shares) {
      await client.query(
        `insert into design_shares (design_id, shared_with, permission)
         select d.id, p.id, $3 from designs as d, people as p where d.name = $1 and p.name = $2`,
        [name, person(share.with), share.permission],
      );
    }
  });
  for (const { by, changelog, add } of changes) {
    await act(person(by), () =>
      client.query(
        `update designs as d set canvas = jsonb_insert(canvas, '{nodes,-1}', $2, true), changelog = $3
         where d.name = $1 and not exists (select from design_versions as v where v.design_id = d.id and v.changelog = $3)`,
        [name, JSON.stringify(add), changelog],
      ),
    );
  }
  for (const { by, body, position, replies, isResolved } of threads) {
    await act(person(by), () =>
      client.query(
        `insert into comments (design_id, body, position)
         select id, $2, $3 from designs where name = $1 and not exists (select from comments where body = $2)`,
        [name, body, position],
      ),
    );
    for (const reply of replies) {
      await act(person(reply.by), () =>
        client.query(
          `insert into comments (design_id, parent_id, body)
           select design_id, id, $2 from comments where body = $1 and not exists (select from comments where body = $2)`,
          [body, reply.body],
        ),
      );
    }
    if (isResolved)
      await act(person(by), () => client.query('update comments set resolved_at = now() where body = $1 and resolved_at is null', [body]));
  }
}
