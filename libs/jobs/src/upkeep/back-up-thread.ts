import { SqliteLogReader } from '@streamvault/event-store';
import { threadOwner } from '@streamvault/threads';
import type { LogCopy } from './log-backups.js';

/* Checking the copy of a long log blocks its thread for seconds. In this thread nothing else waits. */

const { data, leave, tell } = threadOwner<LogCopy, never, number>();
const reader = await SqliteLogReader.open(data.source);
const { bytes } = await reader.backUp(data.destination);
await reader.close();
tell(bytes);
leave();
