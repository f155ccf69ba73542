import type pg from 'pg';

/** A notification of each person, and a webhook with a delivery and an attempt, and one of each design, as the organization that the connection works for. */
export async function makeNotifications(client: pg.Client, organization: string, people: readonly string[], defect: string): Promise<void> {
  await client.query(
    `insert into notifications (user_id, kind, title, target_type, target_id)
     select unnest($1::uuid[]), 'defect_assigned', 'A defect was assigned to you', 'Defect', $2`,
    [people, defect],
  );
  const webhook = await one(
    client,
    "insert into webhooks (name, url, event_kinds) values ('Chat', 'https://hooks.example/chat', '{deployment_changed}') returning id",
  );
  await client.query('insert into app_private.webhook_secrets (organization_id, webhook_id, secret) values ($1, $2, $3)', [
    organization,
    webhook,
    'dxw_of-the-fixture',
  ]);
  const delivery = await one(
    client,
    `insert into webhook_deliveries (webhook_id, event_id, kind, target_id, occurred_at, status, next_attempt_at)
     values ($1, gen_random_uuid(), 'deployment_changed', gen_random_uuid(), now(), 'dead', null) returning id`,
    [webhook],
  );
  await client.query(
    `insert into webhook_deliveries (webhook_id, event_id, kind, target_id, occurred_at, status, next_attempt_at)
     select $1, gen_random_uuid(), 'design_changed', d.id, now(), 'dead', null from designs as d`,
    [webhook],
  );
  await client.query(
    `insert into webhook_attempts (delivery_id, attempted_at, duration_ms, http_status, answer) values ($1, now(), 12, 500, 'Sorry')`,
    [delivery],
  );
}

async function one(client: pg.Client, text: string, values: unknown[] = []): Promise<string> {
  const { rows } = await client.query<{ id: string }>(text, values);
  return (rows[0] as { id: string }).id;
}
