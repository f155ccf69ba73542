import { createHmac } from 'node:crypto';

/** A delivery that was claimed, as the database gives it. */
export interface ClaimedDelivery {
  readonly delivery_id: string;
  readonly url: string;
  /** What it is signed with: the secret, and for a day after it was changed the one before. */
  readonly secrets: readonly string[];
  readonly attempt: number;
  readonly event_id: string;
  readonly event_kind: string;
  readonly target_id: string;
  readonly occurred_at: Date;
}

const TARGET_TYPES: Readonly<Record<string, string>> = {
  defect_reported: 'Defect',
  deployment_changed: 'Deployment',
  design_changed: 'Design',
};

/** What is sent of an event: ids only. Who receives it asks for the rest, as themselves. */
export function webhookBody(delivery: ClaimedDelivery, organization: { readonly id: string; readonly slug: string }): string {
  return JSON.stringify({
    id: delivery.event_id,
    // As GraphQL calls it.
    kind: delivery.event_kind.toUpperCase(),
    occurredAt: delivery.occurred_at.toISOString(),
    organization,
    target: { type: TARGET_TYPES[delivery.event_kind], id: delivery.target_id },
  });
}

/**
 * The value of `X-DefectXray-Signature`: the time in seconds, and for each secret the HMAC-SHA-256 of the time, a full stop
 * and the body, in hexadecimal.
 */
export function signatureOf(body: string, secrets: readonly string[], seconds: number): string {
  const digests = secrets.map((secret) => `v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`);
  return [`t=${seconds}`, ...digests].join(',');
}
