import { Injectable } from '@nestjs/common';

const remembered = 10_000;

/**
 * Which videos were watched or downloaded through this process, and when last. A player makes a request every few
 * seconds.
 */
@Injectable()
export class RecentlyWatched {
  readonly #last = new Map<number, number>();

  touch(videoId: number): void {
    this.#last.delete(videoId);
    this.#last.set(videoId, performance.now());
    const [oldest] = this.#last.keys();
    if (this.#last.size > remembered && oldest !== undefined) this.#last.delete(oldest);
  }

  isWithin(videoId: number, milliseconds: number): boolean {
    const last = this.#last.get(videoId);
    return last !== undefined && performance.now() - last < milliseconds;
  }
}
