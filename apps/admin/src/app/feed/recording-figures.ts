import { type Signal, computed, inject } from '@angular/core';
import type { Recording } from '@streamvault/api-contract';
import { Clock } from '../ui/clock';
import { LiveFeed } from './live-feed';
import { type PresentFigures, presentFigures } from './present-figures';

/** {@link presentFigures} as a signal that ticks. Call it in an injection context. */
export function recordingFigures(recording: Signal<Recording>): Signal<PresentFigures> {
  const feed = inject(LiveFeed);
  const clock = inject(Clock);
  return computed(() =>
    presentFigures(recording(), feed.figures().get(recording().id), {
      isLive: feed.connection() === 'live',
      now: clock.now(),
    }),
  );
}
