import { contexts } from '@streamvault/contexts';
import { categoryOf, type FoldStream } from '@streamvault/event-store';
import type { ReadEvent } from '@streamvault/kernel';

const registry = contexts.registry();
const { folds } = contexts;

/** The state of a stream as JSON; undefined for bookkeeping streams, which have events but no state. */
export const foldStream: FoldStream = async (stream, events) => {
  const fold = folds[categoryOf(stream) ?? ''];
  if (fold === undefined) return undefined;
  const read: ReadEvent[] = [];
  for await (const event of events) read.push(registry.read(event));
  return JSON.stringify(fold(read));
};
