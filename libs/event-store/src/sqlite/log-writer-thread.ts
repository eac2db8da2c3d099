/** The thread of a log's writer: see threaded-writer.ts, which starts it with the log's path. */
import { threadOwner } from '@streamvault/threads';
import { DiskReserve } from './disk-reserve.js';
import { toErrorMessage } from './error-message.js';
import { LogWriter } from './log-writer.js';
import { openForWriting } from './open-database.js';
import { asEventStoreError } from './sqlite-failure.js';
import { type FromWriter, type ToWriter, unpack, type WriterData } from './writer-messages.js';

/** A reserve that was given up is filled again soon after there is room. */
const FILLED_EVERY_MS = 30_000;

const owner = threadOwner<WriterData, ToWriter, FromWriter>();
const { path, reserveBytes } = owner.data;

try {
  const db = openForWriting(path);
  const reserve = new DiskReserve(path, reserveBytes);
  const fill = (): void => reserve.fill();
  fill();
  const filling = setInterval(fill, FILLED_EVERY_MS).unref();
  const writer = new LogWriter(db, path, owner.tell, reserve);
  const close = async (): Promise<void> => {
    await writer.idle();
    try {
      db.pragma('wal_checkpoint(TRUNCATE)');
    } catch {
      // For example a full disk. Everything committed stays in the WAL, from where the next opening reads it.
    }
    db.close();
    clearInterval(filling);
    owner.leave();
  };
  owner.listen((message) => {
    if (message.kind === 'close') void close();
    else for (const write of message.writes) writer.write(unpack(write));
  });
  owner.tell({ kind: 'ready' });
} catch (error) {
  owner.tell({ kind: 'refused', error: toErrorMessage(asEventStoreError(error, path)) });
}
