import { HttpErrorResponse } from '@angular/common/http';
import { DestroyRef, Service, inject, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';
import { ConsoleApi } from '../api/console-api';
import { isTaking } from '../ui/states';
import { Commands } from './commands';
import { Notices } from './notices';

/** A broadcast does not come back, so a stop can be undone for this long. */
export const undoMilliseconds = 5000;
/** How soon the console retries if the server does not answer. */
const againMilliseconds = 2000;

/** The recording to be stopped. */
export interface Stoppable {
  readonly id: number;
  readonly streamerId: number;
  readonly streamerName: string;
}

/**
 * Stops recordings, each a few seconds after the user asked for it, unless it is undone. A page that closes sends the
 * waiting stops. If the server does not answer, the stop waits for it and says so.
 */
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

  /** Settles when the stop was sent and answered, or was undone. */
  async stop(recording: Stoppable): Promise<void> {
    const { streamerId, streamerName } = recording;
    if (this.isStopping(streamerId)) return;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(true), undoMilliseconds);
    this.#pending.update((all) => new Map(all).set(streamerId, () => resolve(true)));
    void this.#notices
      .undoable(
        `${streamerName} stops in ${undoMilliseconds / 1000} seconds. What was recorded becomes a video.`,
        undoMilliseconds,
      )
      .then((isUndone) => isUndone && resolve(false));
    const isMeant = await promise;
    clearTimeout(timer);
    this.#pending.update((all) => new Map([...all].filter(([id]) => id !== streamerId)));
    if (isMeant) await this.#commands.run(`stop-${streamerId}`, () => this.#send(recording));
  }

  /** Sends it, now or when the server answers again. */
  async #send(recording: Stoppable): Promise<void> {
    try {
      await this.#api.stop(recording.streamerId);
    } catch (error) {
      if (!isAway(error)) throw error;
      await this.#sendLater(recording);
    }
  }

  async #sendLater(recording: Stoppable): Promise<void> {
    const { id, streamerId, streamerName } = recording;
    let isTakenBack = false;
    void this.#notices
      .undoable(
        `${streamerName} is not stopped yet: StreamVault does not answer. The stop is sent as soon as it does, while this page is open.`,
      )
      .then((isUndone) => (isTakenBack ||= isUndone));
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, againMilliseconds));
      if (isTakenBack) return;
      try {
        // By now it may have ended, and the streamer may have another recording, which the user did not mean.
        const { state } = await firstValueFrom(this.#api.recording(String(id)));
        if (isTakenBack) return;
        if (isTaking(state)) await this.#api.stop(streamerId);
        this.#notices.done(isTaking(state) ? `${streamerName} is stopped.` : `${streamerName} had ended already.`);
        return;
      } catch (error) {
        if (!isAway(error)) throw error;
      }
    }
  }
}

/** No answer at all, or a proxy's answer because its server is unavailable. */
const isAway = (error: unknown): boolean =>
  error instanceof HttpErrorResponse && [0, 502, 503, 504].includes(error.status);
