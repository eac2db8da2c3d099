/** The program of the rebuild thread: the other end of {@link ThreadedRebuild}. */
import { contexts } from '@streamvault/contexts';
import { buildUpToHead } from '@streamvault/kernel';
import { openEventStore, SqliteEventStore, sqlitePath } from '@streamvault/event-store';
import { threadOwner } from '@streamvault/threads';
import { connectReadDatabase, rebuildPlaces } from './read-database.js';
import type { FromThread, RebuildSettings, ToThread } from '@streamvault/kernel';

const { data, leave, listen, tell } = threadOwner<RebuildSettings, ToThread, FromThread>();
const { batchSize, databaseUrl, eventStoreUrl } = data;

let stopping = new AbortController();
listen((message) => {
  switch (message.kind) {
    case 'build':
      stopping = new AbortController();
      build(message.projection, stopping.signal).then(
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

async function build(name: string, signal: AbortSignal): Promise<void> {
  const projection = contexts.projections.find((each) => each.name === name);
  if (!projection) throw new Error(`There is no projection ${name}.`);
  // The embedded log has one writer, the main thread; a reader beside it sees everything committed.
  const store = await (eventStoreUrl.startsWith('sqlite:')
    ? SqliteEventStore.openReadOnly(sqlitePath(eventStoreUrl))
    : openEventStore(eventStoreUrl));
  try {
    const live = await connectReadDatabase(databaseUrl);
    try {
      const place = await rebuildPlaces(databaseUrl, live).open(projection);
      const onPosition = (position: bigint) => tell({ kind: 'position', position });
      try {
        await buildUpToHead(projection, {
          store,
          registry: contexts.registry(),
          em: place.em,
          batchSize,
          signal,
          onPosition,
        });
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
