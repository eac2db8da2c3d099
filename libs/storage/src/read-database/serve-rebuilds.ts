import { openEventStore, SqliteEventStore, sqlitePath } from '@streamvault/event-store';
import {
  buildUpToHead,
  type Contexts,
  type FromThread,
  type RebuildSettings,
  type ToThread,
} from '@streamvault/kernel';
import { threadOwner } from '@streamvault/threads';
import { connectReadDatabase, rebuildPlaces } from './read-database.js';

/** The other end of `ThreadedRebuild`: what the program of its thread does, and all that it does. */
export function serveRebuilds(contexts: Contexts): void {
  const { data, leave, listen, tell } = threadOwner<RebuildSettings, ToThread, FromThread>();
  let stopping = new AbortController();
  listen((message) => {
    switch (message.kind) {
      case 'build':
        stopping = new AbortController();
        build(contexts, message.projection, data, {
          signal: stopping.signal,
          onPosition: (position) => tell({ kind: 'position', position }),
        }).then(
          () => tell({ kind: 'end' }),
          (error: unknown) => tell({ kind: 'end', error }),
        );
        return;
      case 'stop':
        return stopping.abort();
      case 'close':
        return leave();
      default:
        message satisfies never;
    }
  });
}

async function build(
  contexts: Contexts,
  name: string,
  { batchSize, databaseUrl, eventStoreUrl }: RebuildSettings,
  progress: { readonly signal: AbortSignal; onPosition(position: bigint): void },
): Promise<void> {
  const projection = contexts.projections.find((each) => each.name === name);
  if (!projection) throw new Error(`There is no projection ${name}.`);
  // The embedded log has one writer, which is the main thread; a reader beside it sees all that is committed.
  const store = await (eventStoreUrl.startsWith('sqlite:')
    ? SqliteEventStore.openReadOnly(sqlitePath(eventStoreUrl))
    : openEventStore(eventStoreUrl));
  try {
    const live = await connectReadDatabase(databaseUrl, contexts);
    try {
      const place = await rebuildPlaces(databaseUrl, live, contexts).open(projection);
      try {
        await buildUpToHead(projection, { store, registry: contexts.registry(), em: place.em, batchSize, ...progress });
      } finally {
        await place.close();
      }
    } finally {
      await live.close(true);
    }
  } finally {
    await store.close();
  }
}
