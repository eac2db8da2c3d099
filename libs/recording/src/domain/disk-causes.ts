import type { Cause } from './recording-events.js';

/** The disk was in the way, not the source: it is waited for as long as it takes. */
export const isOfDisk = ({ code }: Cause): boolean => code.startsWith('disk.') || code === 'media.storage-full';

/** What a step needs is not there for now (its disk, room on it, the log): it is no failure of the step's. */
export const isWaitedFor = (cause: Cause): boolean => isOfDisk(cause) || cause.code === 'event-store.unavailable';
