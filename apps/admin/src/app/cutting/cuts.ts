import { type Signal, computed, effect, inject, signal, untracked } from '@angular/core';
import type { CutVideoBody, VideoCut } from '@streamvault/api-contract';
import { firstValueFrom } from 'rxjs';
import { type Trouble, describeTrouble } from '../api/trouble';
import { liveQuery } from '../feed/live-query';
import { LibraryApi } from '../library/library-api';

/** How far it is, the feed does not say. */
const watchMilliseconds = 1000;
const isOpen = ({ state }: VideoCut): boolean => state === 'waiting' || state === 'running';

/** The cuts of a video: asked for here or elsewhere. Make it in an injection context. */
export class Cuts {
  readonly #api = inject(LibraryApi);
  readonly #sent = signal(0);
  readonly trouble = signal<Trouble | undefined>(undefined);
  readonly #query;
  readonly items: Signal<readonly VideoCut[]>;

  constructor(videoId: Signal<number>) {
    this.#query = liveQuery({ params: () => videoId(), load: (id) => this.#api.cuts(id) });
    this.items = computed(() => this.#query.value() ?? []);
    effect((onCleanup) => {
      if (!this.items().some((cut) => isOpen(cut)) && this.#sent() === 0) return;
      // Read, so that it is looked again after each answer.
      if (this.#query.loading()) return;
      const timer = setTimeout(() => untracked(() => this.#query.reload()), watchMilliseconds);
      onCleanup(() => clearTimeout(timer));
    });
  }

  async cut(videoId: number, body: CutVideoBody): Promise<void> {
    this.trouble.set(undefined);
    this.#sent.update((count) => count + 1);
    const before = new Set(this.items().map(({ id }) => id));
    try {
      await this.#api.cut(videoId, body);
    } catch (error) {
      // A proxy gave up, or the way was interrupted: what the list has, goes on. What it says of a failure is not said twice.
      if (!(await this.#isListed(videoId, before))) this.trouble.set(describeTrouble(error));
    } finally {
      this.#sent.update((count) => count - 1);
      this.#query.reload();
    }
  }

  async #isListed(videoId: number, before: ReadonlySet<number>): Promise<boolean> {
    try {
      return (await firstValueFrom(this.#api.cuts(videoId))).some(({ id }) => !before.has(id));
    } catch {
      // The server is away altogether: that is what is to be said.
      return false;
    }
  }
}
