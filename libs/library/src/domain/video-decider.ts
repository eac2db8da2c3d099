import type { Decider } from '@streamvault/event-sourcing';
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
