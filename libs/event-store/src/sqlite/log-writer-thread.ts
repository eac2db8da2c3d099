/** The thread of a log's writer: see threaded-writer.ts, which starts it with the log's path. */
import { parentPort, workerData } from 'node:worker_threads';
import { toErrorMessage } from './error-message.js';
import { LogWriter } from './log-writer.js';
import { openForWriting } from './open-database.js';
import { asEventStoreError } from './sqlite-failure.js';
import { type FromWriter, type ToWriter, unpack } from './writer-messages.js';

const port = parentPort;
if (port === null) throw new Error('This is the log writer of an event store, not a program.');
const path = String(workerData);
const tell = (message: FromWriter): void => port.postMessage(message);

try {
  const db = openForWriting(path);
  const writer = new LogWriter(db, path, tell);
  const close = async (): Promise<void> => {
    await writer.idle();
    try {
      db.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // A full disk, say. Everything committed stays in the WAL, from where the next opening takes it.
    }
    db.close();
    port.close();
  };
  port.on('message', (message: ToWriter) => {
    if (message.kind === 'close') void close();
    else for (const write of message.writes) writer.write(unpack(write));
  });
  tell({ kind: 'ready' });
} catch (error) {
  tell({ kind: 'refused', error: toErrorMessage(asEventStoreError(error, path)) });
}
