import { SqliteLogReader } from '@streamvault/event-store';
import { threadOwner } from '@streamvault/threads';
import type { LogCopy } from './log-backups.js';

/* Checking a copy of a long log takes seconds in which its thread does nothing else: here nobody waits for that. */

const { data, leave, tell } = threadOwner<LogCopy, never, number>();
const reader = await SqliteLogReader.open(data.source);
const { bytes } = await reader.backUp(data.destination);
await reader.close();
tell(bytes);
leave();
