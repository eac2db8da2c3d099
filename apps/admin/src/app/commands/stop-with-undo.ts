import { DestroyRef, Service, inject, signal } from '@angular/core';
import { ConsoleApi } from '../api/console-api';
import { Commands } from './commands';
import { Notices } from './notices';

/** A broadcast is not coming back: this long a person can still take a stop back. */
export const undoMilliseconds = 5000;

/** Stops recordings, each a few seconds after it was asked for, unless it is taken back. A page that closes sends what waits. */
@Service()
export class StopWithUndo {
  readonly #api = inject(ConsoleApi);
  readonly #commands = inject(Commands);
  readonly #notices = inject(Notices);
  readonly #pending = signal<ReadonlyMap<number, () => void>>(new Map());

  constructor() {
    const sendAll = (): void => {
      for (const send of this.#pending().values()) send();
    };
    window.addEventListener('pagehide', sendAll);
    inject(DestroyRef).onDestroy(() => window.removeEventListener('pagehide', sendAll));
  }

  isStopping(streamerId: number): boolean {
    return this.#pending().has(streamerId) || this.#commands.isBusy(`stop-${streamerId}`);
  }

  /** Settles when the stop was sent and answered, or was taken back. */
  async stop(streamerId: number, name: string): Promise<void> {
    if (this.isStopping(streamerId)) return;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(true), undoMilliseconds);
    this.#pending.update((all) => new Map(all).set(streamerId, () => resolve(true)));
    void this.#notices
      .undoable(
        `${name} stops in ${undoMilliseconds / 1000} seconds. What was recorded becomes a video.`,
        undoMilliseconds,
      )
      .then((isUndone) => isUndone && resolve(false));
    const isMeant = await promise;
    clearTimeout(timer);
    this.#pending.update((all) => new Map([...all].filter(([id]) => id !== streamerId)));
    if (isMeant) await this.#commands.run(`stop-${streamerId}`, () => this.#api.stop(streamerId));
  }
}
