/** A program with a log and nothing else, at the given path. Once it has stored something, the log's writer dies. */
import { SqliteEventStore } from '@streamvault/event-store';
import pino from 'pino';
import { endWithWriter } from './end-with-writer.js';

const writer = new Promise<{ terminate(): Promise<unknown> }>((resolve) => process.once('worker', resolve));
const store = await SqliteEventStore.open(process.argv[2] ?? '');
endWithWriter({ store, logger: pino() });
const metadata = { $correlationId: 'a', $causationId: 'a', actor: 'test' };
const event = { id: crypto.randomUUID(), type: 'Seen', version: 1, data: {}, metadata };
await store.append('thing-1', [event], 'any');
process.stdout.write('stored\n');
// It would go on without a writer; nobody waits for that longer than this.
setTimeout(() => process.exit(99), 20_000);
await (await writer).terminate();
