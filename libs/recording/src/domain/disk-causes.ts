import type { Cause } from './recording-events.js';

/** The disk was the cause, not the source: StreamVault waits for it as long as it takes. */
export const isOfDisk = ({ code }: Cause): boolean => code.startsWith('disk.') || code === 'media.storage-full';

/**
 * Something that a step needs is missing for now (its disk, room on it, the log). This is not a failure of the step.
 */
export const isWaitedFor = (cause: Cause): boolean => isOfDisk(cause) || cause.code === 'event-store.unavailable';
