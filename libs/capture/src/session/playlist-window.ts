import type { MediaPlaylist } from '../hls/playlist.js';
import type { SegmentStep } from './plan-segments.js';

/** What the source lists at the moment, as far as it was told. */
export class PlaylistWindow {
  #epoch = 0;
  #firstSequence = 0;
  #length = 0;

  moved({ segments }: MediaPlaylist, epoch: number): void {
    this.#epoch = epoch;
    this.#firstSequence = segments[0]?.mediaSequence ?? 0;
    this.#length = segments.length;
  }

  lists({ epoch, segment }: SegmentStep): boolean {
    return epoch === this.#epoch && segment.mediaSequence >= this.#firstSequence;
  }

  /** It left the list, or is among the first so many that will. */
  isLeaving({ epoch, segment }: SegmentStep, among: number): boolean {
    return epoch < this.#epoch || segment.mediaSequence < this.#firstSequence + among;
  }

  /** The source need not have it any more: what left the playlist stays for as long as the playlist is (RFC 8216 section 6.2.2). */
  isLongGone({ epoch, segment }: SegmentStep): boolean {
    return epoch < this.#epoch || segment.mediaSequence < this.#firstSequence - this.#length;
  }
}
