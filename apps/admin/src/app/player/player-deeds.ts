import type { Signal } from '@angular/core';
import type { MediaState } from './media-state';
import type { PlayerDeeds } from './player-keys';

export const speeds = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;
/** Frames are stepped by time, because the browser does not say how long one is. */
const framesPerSecond = 30;
const shortlySeconds = 3;

type SameEverywhere = Exclude<
  keyof PlayerDeeds,
  'seekToShare' | 'seekToStart' | 'seekToEnd' | 'changeVolume' | 'stepFrame' | 'changeSpeed' | 'chapter'
>;

export interface PlayerParts extends Pick<PlayerDeeds, SameEverywhere> {
  readonly state: MediaState;
  readonly chapters: Signal<readonly { readonly at: number }[]>;
  readonly speed: Signal<number>;
  seek(seconds: number): void;
  setVolume(volume: number): void;
  setSpeed(speed: number): void;
}

/** What the keys do, said in what the player can do. */
export function playerDeeds(parts: PlayerParts): PlayerDeeds {
  const { state, chapters, speed } = parts;
  const seek = (seconds: number): void => parts.seek(seconds);
  return {
    ...parts,
    seekToShare: (share) => seek(state.end() * share),
    seekToStart: () => seek(0),
    seekToEnd: () => seek(state.livePoint() ?? state.end()),
    changeVolume: (by) => parts.setVolume(Math.min(1, Math.max(0, state.volume() + by))),
    stepFrame: (direction) => {
      if (state.paused()) seek(state.time() + direction / framesPerSecond);
    },
    changeSpeed: (direction) => {
      const index = speeds.findIndex((each) => each >= speed());
      parts.setSpeed(speeds[Math.min(speeds.length - 1, Math.max(0, index + direction))] ?? 1);
    },
    chapter: (direction) => {
      const now = state.time();
      // "Previous" shortly after a chapter's start means the one before it.
      const to =
        direction === 1
          ? chapters().find(({ at }) => at > now + 0.5)
          : chapters().findLast(({ at }) => at < now - shortlySeconds);
      if (to) seek(to.at);
      else if (direction === -1) seek(0);
    },
  };
}
