import type { RecordedEvent } from '../database/events.ts';

/** An event as it is told, with the cursor of whoever has been told it. */
export interface FollowedEvent extends RecordedEvent {
  readonly cursor: string;
}

declare global {
  namespace Grafast {
    interface Context {
      /** Of a subscription: where its events come from. */
      followed?: { subscribe(topic: string): AsyncIterable<FollowedEvent> };
    }
  }
}

/** The one event of a run of a subscription's plan, which ends with it. */
export async function* once(event: FollowedEvent): AsyncGenerator<FollowedEvent> {
  yield event;
}
