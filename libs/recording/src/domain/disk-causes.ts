import type { Cause } from './recording-events.js';

/** The disk was in the way, not the source: it is waited for as long as it takes. */
export const isOfDisk = ({ code }: Cause): boolean => code.startsWith('disk.') || code === 'media.storage-full';
