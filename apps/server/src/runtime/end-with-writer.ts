import { type EventStore, SqliteEventStore } from '@streamvault/event-store';
import type { Logger } from 'pino';

/** A server that can store nothing is useless; its supervisor starts another. */
export function endWithWriter({ logger, store }: { readonly logger: Logger; readonly store: EventStore }): void {
  if (!(store instanceof SqliteEventStore)) return;
  store.onDeath = (death) => {
    logger.fatal({ err: death }, death.message);
    process.stderr.write(`StreamVault ends. ${death.message}\n`);
    process.exit(1);
  };
}
