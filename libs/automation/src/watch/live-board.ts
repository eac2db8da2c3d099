import { Injectable } from '@nestjs/common';
import type { Liveness } from '../domain/sighting.js';

/**
 * The last check of each streamer, in this process. What was seen live is in the log as a broadcast; this is the rest.
 */
@Injectable()
export class LiveBoard {
  readonly #words = new Map<number, Liveness>();

  set(streamerId: number, word: Liveness): void {
    // What was known stays known while checks are not possible.
    if (word !== 'unknown') this.#words.set(streamerId, word);
  }

  /** Streamers who were not live at the last check. */
  offline(): number[] {
    return [...this.#words].flatMap(([streamerId, word]) => (word === 'offline' ? [streamerId] : []));
  }
}
