import type { EventMetadata } from '@streamvault/event-store';

/**
 * Marks an event that came back into a log which had lost it, from what is kept beside a video. It is history: it is shown and folded
 * as ever, and nothing reacts to it. `recordedAt` is when it first was recorded.
 */
export interface Restored {
  readonly recordedAt: string;
}

export const asRestored = (metadata: EventMetadata, recordedAt: string): EventMetadata => ({
  ...metadata,
  // What came back twice keeps its first day.
  restored: { recordedAt: restoredOf(metadata)?.recordedAt ?? recordedAt },
});

/** Undefined where it is no restored one. */
export function restoredOf(metadata: EventMetadata): Restored | undefined {
  const restored = metadata['restored'];
  if (typeof restored !== 'object' || restored === null || !('recordedAt' in restored)) return undefined;
  const { recordedAt } = restored;
  return typeof recordedAt === 'string' ? { recordedAt } : undefined;
}
