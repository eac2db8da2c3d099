import type { ReadEvent } from '@streamvault/kernel';

export const broadcastIdOf = ({ stream }: Pick<ReadEvent, 'stream'>): number =>
  Number(stream.slice(stream.indexOf('-') + 1));
