import { Service, computed, inject, signal } from '@angular/core';
import type { WatchingList } from '@streamvault/api-contract';
import { firstValueFrom, timeout } from 'rxjs';
import { LibraryApi } from '../library/library-api';
import { PlayerMemory, edgeOf } from './player-memory';

const mostListed = 200;
/** The viewer waits for nothing longer than this: the video begins where this browser remembers. */
const patienceMilliseconds = 3000;

const nameOf = (videoId: number): string => `video-${videoId}`;

/**
 * Where the viewer is in which video: by the server, so that it is the same on every device. This browser remembers it too, for when the server
 * is away; of the two, what was said last counts.
 */
@Service()
export class WatchPositions {
  readonly #api = inject(LibraryApi);
  readonly #memory = inject(PlayerMemory);
  readonly #items = signal<WatchingList['items']>([]);
  /** What can be gone on with, what was watched last first. */
  readonly items = this.#items.asReadonly();
  readonly #known = computed(() => new Map(this.#items().map(({ videoId, seconds }) => [videoId, seconds])));

  /** Undefined where it was not begun, or is over. */
  of(videoId: number): number | undefined {
    return this.#known().get(videoId) ?? this.#memory.position(nameOf(videoId));
  }

  async load(): Promise<void> {
    try {
      this.#items.set((await firstValueFrom(this.#api.watching(mostListed))).items);
    } catch {
      // The server is away, or forbids it: what is known already stays.
    }
  }

  async find(videoId: number): Promise<number | undefined> {
    const here = this.#memory.left(nameOf(videoId));
    try {
      const { seconds, at } = await firstValueFrom(this.#api.position(videoId).pipe(timeout(patienceMilliseconds)));
      if (at === null) return here?.seconds;
      return here && here.at > Date.parse(at) ? here.seconds : seconds;
    } catch {
      return here?.seconds;
    }
  }

  async keep(videoId: number, seconds: number, end: number, isLeaving: boolean): Promise<void> {
    this.#memory.keepPosition(nameOf(videoId), seconds, end);
    const isOver = seconds > end - edgeOf(end);
    if (seconds < edgeOf(end) && !this.#known().has(videoId)) return;
    this.#items.update((items) =>
      items.flatMap((item) => (item.videoId !== videoId ? [item] : isOver ? [] : [{ ...item, seconds }])),
    );
    try {
      await (isOver
        ? this.#api.forgetPosition(videoId, isLeaving)
        : this.#api.savePosition(videoId, seconds, isLeaving));
    } catch {
      // The server is away: this browser has it, and it is said again a little later in the video.
    }
  }

  /** It is no longer offered to be gone on with. */
  async forget(videoId: number): Promise<void> {
    this.#memory.keepPosition(nameOf(videoId), 0, 1);
    await this.#api.forgetPosition(videoId);
    this.#items.update((items) => items.filter((item) => item.videoId !== videoId));
  }

  /** It was watched to its end. */
  async finish(videoId: number): Promise<void> {
    this.#memory.keepPosition(nameOf(videoId), 0, 1);
    this.#items.update((items) => items.filter((item) => item.videoId !== videoId));
    try {
      await Promise.all([this.#api.markWatched(videoId, true), this.#api.forgetPosition(videoId)]);
    } catch {
      // The server is away, or it is in the bin meanwhile: it is not marked, and nothing else is lost.
    }
  }
}
