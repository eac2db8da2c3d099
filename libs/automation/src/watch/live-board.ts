import { Injectable } from '@nestjs/common';
import type { Liveness } from '../domain/sighting.js';

/** What the last look at each streamer gave, in this process. What was seen live is in the log as a broadcast; this is the rest. */
@Injectable()
export class LiveBoard {
  readonly #words = new Map<number, Liveness>();

  set(streamerId: number, word: Liveness): void {
    // What was known stays known while nobody can look.
    if (word !== 'unknown') this.#words.set(streamerId, word);
  }

  /** Who was not live when looked at last. */
  offline(): number[] {
    return [...this.#words].flatMap(([streamerId, word]) => (word === 'offline' ? [streamerId] : []));
  }
}
