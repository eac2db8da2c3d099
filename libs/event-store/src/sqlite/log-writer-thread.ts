/** The thread of a log's writer: see threaded-writer.ts, which starts it with the log's path. */
import { parentPort, workerData } from 'node:worker_threads';
import { Heartbeat } from '@streamvault/threads';
import { DiskReserve } from './disk-reserve.js';
import { toErrorMessage } from './error-message.js';
import { LogWriter } from './log-writer.js';
import { openForWriting } from './open-database.js';
import { asEventStoreError } from './sqlite-failure.js';
import { type FromWriter, type ToWriter, unpack, type WriterData } from './writer-messages.js';

/** What was given up for a full disk is taken again soon after there is room. */
const FILLED_EVERY_MS = 30_000;

const port = parentPort;
if (port === null) throw new Error('This is the log writer of an event store, not a program.');
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- threaded-writer.ts gives it
const { heart, path, reserveBytes } = workerData as WriterData;
const stopBeating = new Heartbeat(heart).beat();
const tell = (message: FromWriter): void => port.postMessage(message);

try {
  const db = openForWriting(path);
  const reserve = new DiskReserve(path, reserveBytes);
  const fill = (): void => reserve.fill();
  fill();
  const filling = setInterval(fill, FILLED_EVERY_MS).unref();
  const writer = new LogWriter(db, path, tell, reserve);
  const close = async (): Promise<void> => {
    await writer.idle();
    try {
      db.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // A full disk, say. Everything committed stays in the WAL, from where the next opening takes it.
    }
    db.close();
    clearInterval(filling);
    stopBeating();
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
