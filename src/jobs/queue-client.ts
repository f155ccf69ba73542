import pg from 'pg';

/** What a `QueueClient` emits in place of the notification. */
export const MIGRATION_TOLD = 'migration-told';

/**
 * A connection of the queue that takes nobody's word for a migration: whoever may connect may notify, analysts by SQL too, and
 * graphile-worker would end the jobs of every organization. Who listens for `MIGRATION_TOLD` looks whether there was one.
 */
export class QueueClient extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: the arguments of an emitter are those of each event.
  override emit(event: string | symbol, ...given: any[]): boolean {
    const isMigration = event === 'notification' && (given[0] as pg.Notification).channel === 'worker:migrate';
    return isMigration ? super.emit(MIGRATION_TOLD) : super.emit(event, ...given);
  }
}
