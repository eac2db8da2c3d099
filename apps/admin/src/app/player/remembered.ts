import { DestroyRef, type Signal, effect, inject } from '@angular/core';
import type { MediaState } from './media-state';
import { PlayerMemory, edgeOf } from './player-memory';
import { PositionKeeper } from './position-keeper';
import { WatchPositions } from './watch-positions';

/** What was played since is not taken back: the answer came too late. */
const lateSeconds = 2;

/** Where one was in a video, and that it was watched to its end. Make it in an injection context. */
export class Remembered {
  readonly #positions = inject(WatchPositions);
  readonly #memory = inject(PlayerMemory);
  readonly #videoId: Signal<number | null>;
  readonly #name: Signal<string | null>;
  readonly #state: MediaState;
  #keeper: PositionKeeper | undefined;
  #isOver = false;

  constructor(videoId: Signal<number | null>, name: Signal<string | null>, state: MediaState) {
    this.#videoId = videoId;
    this.#name = name;
    this.#state = state;
    effect((onCleanup) => {
      const id = videoId();
      const local = name();
      const keeper = new PositionKeeper((seconds, isLeaving) => {
        if (id !== null) void this.#positions.keep(id, seconds, state.end(), isLeaving);
        else if (local !== null) this.#memory.keepPosition(local, seconds, state.end());
      });
      this.#keeper = keeper;
      this.#isOver = false;
      onCleanup(() => keeper.leave());
    });
    const leave = (): void => {
      if (document.visibilityState === 'hidden') this.#keeper?.leave();
    };
    // On phones a page that is hidden may never come back, and nothing else is said of it.
    document.addEventListener('visibilitychange', leave);
    inject(DestroyRef).onDestroy(() => document.removeEventListener('visibilitychange', leave));
  }

  /** After everything that the media element says. */
  note(): void {
    const { isGrowing, end, time, paused, ended } = this.#state;
    if (isGrowing() || end() === 0) return;
    const id = this.#videoId();
    const wasOver = this.#isOver;
    const isAtEnd = time() > end() - edgeOf(end());
    // A jump to the end of what is paused is no watching.
    this.#isOver = ended() || (isAtEnd && (wasOver || !paused()));
    if (!this.#isOver) this.#keeper?.at(time(), paused());
    else if (!wasOver) {
      this.#keeper?.forget();
      const name = this.#name();
      if (id !== null) void this.#positions.finish(id);
      else if (name !== null) this.#memory.keepPosition(name, 0, 1);
    }
  }

  /** To where this browser remembers at once, and to where the server says as soon as it does. */
  async goBackTo(media: HTMLVideoElement, isOnScreen: () => boolean): Promise<void> {
    const id = this.#videoId();
    const name = this.#name();
    const here = id !== null ? this.#positions.of(id) : name === null ? undefined : this.#memory.position(name);
    if (here !== undefined) media.currentTime = here;
    if (id === null) return;
    const at = await this.#positions.find(id);
    const isLate = Math.abs(media.currentTime - (here ?? 0)) > lateSeconds;
    if (at !== undefined && at !== here && !isLate && isOnScreen() && this.#videoId() === id) media.currentTime = at;
  }
}
