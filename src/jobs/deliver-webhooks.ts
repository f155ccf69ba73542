import { setTimeout as delay } from 'node:timers/promises';
import { postPublicJson } from '../outbound/post-public.ts';
import type { PublicSettings } from '../outbound/public-request.ts';
import type { JobMetrics } from './job-metrics.ts';
import { type ClaimedDelivery, signatureOf, webhookBody } from './webhook-message.ts';
import { type JobDatabase, workFor } from './work-for.ts';

const TASK = 'deliver_webhooks';
/** How many deliveries of one webhook are under way at once. */
const AT_ONCE = 10;
/** After it others have their turn, however much is left. */
const TURN_MS = 30_000;
/** How long what came of an attempt is tried to be written down, before the delivery is left to whoever takes it over. */
const RECORD_ATTEMPTS = 5;

interface Organization {
  readonly id: string;
  readonly slug: string;
}

/** Sends what is due for webhooks. */
export class WebhookDelivery {
  readonly #database: JobDatabase;
  readonly #outbound: PublicSettings;
  readonly #metrics: JobMetrics;
  /** Webhooks that are being served by this process. */
  readonly #lanes = new Set<string>();

  constructor(database: JobDatabase, outbound: PublicSettings, metrics: JobMetrics) {
    this.#database = database;
    this.#outbound = outbound;
    this.#metrics = metrics;
  }

  /**
   * Sends what is due for an organization's webhooks, each at its own pace.
   *
   * @param stopping aborts when no more is to be begun, `stop` when what is under way is to be given back.
   * @returns when something is due next; null where nothing is.
   */
  async deliver(organizationId: string, stopping: AbortSignal, stop: AbortSignal): Promise<Date | null> {
    const { slug, webhooks } = await workFor(this.#database, organizationId, TASK, async (client) => {
      const { rows } = await client.query<{ slug: string; webhooks: string[] }>(
        'select app_private.current_organization_slug() as slug, array(select due_webhooks())::text[] as webhooks',
      );
      return rows[0] as { slug: string; webhooks: string[] };
    });
    const organization = { id: organizationId, slug };
    const mine = webhooks.filter((webhook) => !this.#lanes.has(webhook));
    const ends = await Promise.allSettled(mine.map((webhook) => this.#serve(organization, webhook, stopping, stop)));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    return workFor(this.#database, organizationId, TASK, async (client) => {
      const { rows } = await client.query<{ at: Date | null }>('select next_webhook_attempt_at() as at');
      return rows[0]?.at ?? null;
    });
  }

  async #serve(organization: Organization, webhook: string, stopping: AbortSignal, stop: AbortSignal): Promise<void> {
    this.#lanes.add(webhook);
    try {
      const until = performance.now() + TURN_MS;
      while (!stopping.aborted && performance.now() < until) {
        const claimed = await workFor(this.#database, organization.id, TASK, async (client) => {
          const { rows } = await client.query<ClaimedDelivery>('select * from claim_webhook_deliveries($1, $2)', [webhook, AT_ONCE]);
          return rows;
        });
        if (claimed.length === 0) return;
        await Promise.all(claimed.map((delivery) => this.#attempt(organization, delivery, stop)));
      }
    } finally {
      this.#lanes.delete(webhook);
    }
  }

  async #attempt(organization: Organization, delivery: ClaimedDelivery, stop: AbortSignal): Promise<void> {
    const body = webhookBody(delivery, organization);
    const attemptedAt = new Date();
    const began = performance.now();
    const headers = {
      'x-defectxray-delivery': delivery.delivery_id,
      'x-defectxray-signature': signatureOf(body, delivery.secrets, Math.floor(attemptedAt.getTime() / 1_000)),
    };
    const outcome = await postPublicJson(delivery.url, this.#outbound, { body, headers }, stop).catch(() => null);
    if (outcome === null) return this.#giveBack(organization, delivery);
    const duration = Math.round(performance.now() - began);
    const values = [delivery.delivery_id, delivery.attempt, attemptedAt, duration, outcome.status, outcome.answer, outcome.error];
    const status = await this.#record(organization, values);
    this.#metrics.attempted(status === 'pending' ? 'failed' : (status ?? 'withdrawn'), duration / 1_000);
  }

  /** What was delivered must not be sent again because the database was away for a moment. */
  async #record(organization: Organization, values: unknown[]): Promise<string | null> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await workFor(this.#database, organization.id, TASK, async (client) => {
          const { rows } = await client.query<{ status: string | null }>(
            'select record_webhook_attempt($1, $2, $3, $4, $5, $6, $7) as status',
            values,
          );
          return rows[0]?.status ?? null;
        });
      } catch (error) {
        if (attempt === RECORD_ATTEMPTS) throw error;
        await delay(200 * 2 ** attempt);
      }
    }
  }

  async #giveBack(organization: Organization, { delivery_id, attempt }: ClaimedDelivery): Promise<void> {
    await workFor(this.#database, organization.id, TASK, (client) =>
      client.query('select release_webhook_delivery($1, $2)', [delivery_id, attempt]),
    );
  }
}
