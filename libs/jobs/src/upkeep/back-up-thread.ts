import { SqliteLogReader } from '@streamvault/event-store';
import { parentPort, workerData } from 'node:worker_threads';

/* Checking a copy of a long log takes seconds in which its thread does nothing else: here nobody waits for that. */

const { source, destination } = workerData as { readonly source: string; readonly destination: string };
const reader = await SqliteLogReader.open(source);
const { bytes } = await reader.backUp(destination);
await reader.close();
parentPort?.postMessage(bytes);
