import { LiveController } from './http/live.controller.js';
import { Contexts, defineContext, EVENT_STORE, EventRegistry } from '@streamvault/kernel';
import type { EventStore } from '@streamvault/event-store';
import { AuditController } from './http/audit.controller.js';
import { ProjectionsController } from './http/projections.controller.js';
import { StreamHistory } from './stream-history.js';

/** Queries about the log, streams at any point in time, and the progress of the read models. */
export const auditContext = defineContext({
  name: 'audit',
  module: () => ({
    controllers: [AuditController, ProjectionsController, LiveController],
    providers: [
      {
        provide: StreamHistory,
        inject: [EVENT_STORE, EventRegistry, Contexts],
        useFactory: (store: EventStore, registry: EventRegistry, { folds }: Contexts) =>
          new StreamHistory(store, registry, folds),
      },
    ],
  }),
});
