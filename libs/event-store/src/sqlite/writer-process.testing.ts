/**
 * A writer to be killed: appends to the log at argv[2] for ever, several streams at once, and prints a line `<stream>
 * <revision> <id>` for every event once its append was acknowledged.
 */
import { errorCode } from '@streamvault/failures';
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { EventStore, NewEvent, NonEmptyArray, StreamName } from '../port.js';
import { SqliteEventStore } from './sqlite-event-store.js';

const STREAMS = 12;
const [, , path = ''] = process.argv;

try {
  const store = await SqliteEventStore.open(path, { lockPatienceMs: 0 });
  writeSync(1, 'open\n');
  await Promise.all(Array.from({ length: STREAMS }, (_, n) => write(store, `crash-${n}`)));
} catch (error) {
  writeSync(1, `refused ${errorCode(error) ?? String(error)}\n`);
}

async function write(store: EventStore, stream: StreamName): Promise<never> {
  let head = await store.headRevision(stream);
  for (let n = 0; ; n += 1) {
    const batch: NonEmptyArray<NewEvent> = [someEvent(n), ...Array.from({ length: n % 3 }, () => someEvent(n))];
    const first: bigint = head === undefined ? 0n : head + 1n;
    ({ revision: head } = await store.append(stream, batch, head ?? 'no_stream'));
    writeSync(1, batch.map(({ id }, index) => `${stream} ${first + BigInt(index)} ${id}\n`).join(''));
  }
}

function someEvent(n: number): NewEvent {
  const metadata = { $correlationId: 'crash', $causationId: 'crash', actor: 'writer' };
  return { id: randomUUID(), type: 'Written', version: 1, data: { n, text: 'x'.repeat(n % 2_000) }, metadata };
}
