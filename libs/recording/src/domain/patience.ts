import type { Cause } from './recording-events.js';

/** The cause of an interruption where the source itself said that it ends, and the streamer may come back. */
export const SOURCE_ENDED = 'source.ended';

export const hasEnded = ({ code }: Cause): boolean => code === SOURCE_ENDED;
