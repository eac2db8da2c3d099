import type { MediaPlaylist } from '../hls/playlist.js';
import type { SegmentStep } from './plan-segments.js';

/** What the source currently lists, as far as is known. */
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

  /** The segment has left the list, or is among the next `among` to leave. */
  isLeaving({ epoch, segment }: SegmentStep, among: number): boolean {
    return epoch < this.#epoch || segment.mediaSequence < this.#firstSequence + among;
  }

  /**
   * The source may no longer have it: a segment that left the playlist stays available as long as the playlist is (RFC
   * 8216 section 6.2.2).
   */
  isLongGone({ epoch, segment }: SegmentStep): boolean {
    return epoch < this.#epoch || segment.mediaSequence < this.#firstSequence - this.#length;
  }
}
