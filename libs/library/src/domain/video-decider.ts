import type { Decider } from '@streamvault/kernel';
import type { VideoEvent, VideoFacts } from './video-events.js';

/** undefined: never added. */
export type VideoState = (VideoFacts & { readonly videoId: number }) | undefined;

export interface VideoCommand {
  readonly type: 'AddVideo';
  readonly videoId: number;
  readonly facts: VideoFacts;
  /** When, ISO 8601 UTC. */
  readonly at: string;
}

export const videoDecider: Decider<VideoState, VideoCommand, VideoEvent> = {
  initialState: () => undefined,
  evolve(_, event) {
    const { at: _at, ...video } = event.data;
    return video;
  },
  decide({ videoId, facts, at }, state) {
    return state ? [] : [{ type: 'VideoAdded', data: { videoId, ...facts, at } }];
  },
};

/** A video's events as its facts, undefined before the first. */
export const foldVideo = (events: readonly { readonly type: string; readonly data: object }[]): VideoState =>
  // Whoever reads a video's stream through the registry has video events.
  (events as readonly VideoEvent[]).reduce<VideoState>(
    (state, event) => videoDecider.evolve(state, event),
    videoDecider.initialState(),
  );
