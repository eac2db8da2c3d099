/** What goes wrong with a playlist until it is removed. */
export type PlaylistFault =
  | { readonly kind: 'status'; readonly status: number }
  /** Refused, unless the address contains this text. */
  | { readonly kind: 'expired'; readonly status: number; readonly valid: string }
  /** The same old text, while the broadcast goes on. */
  | { readonly kind: 'frozen' }
  /** Every other answer comes from an edge that is this many segments behind. */
  | { readonly kind: 'stale'; readonly behind: number }
  | { readonly kind: 'html' }
  | { readonly kind: 'redirectLoop' }
  /** Another address, for example with an unknown host. */
  | { readonly kind: 'redirect'; readonly to: string }
  /** The playlist, but with its segments elsewhere: `http://host:port/`. */
  | { readonly kind: 'elsewhere'; readonly base: string }
  /** The connection is reset before an answer. */
  | { readonly kind: 'reset' }
  /** The connection is accepted, without an answer. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'text'; readonly text: string };

/** What goes wrong with a segment (or a key, or an initialisation section). */
export type SegmentFault =
  | { readonly kind: 'status'; readonly status: number }
  /** The connection is reset before an answer. */
  | { readonly kind: 'reset' }
  /** The connection breaks halfway through the body. */
  | { readonly kind: 'truncated' }
  /** Half of the body, then nothing more. */
  | { readonly kind: 'stalled' }
  /** A packet now and then, so that it would take minutes. */
  | { readonly kind: 'dripping' }
  /** More bytes are announced than sent, and then the connection is closed. */
  | { readonly kind: 'announcesMore' }
  /** Fewer bytes are announced than are sent. */
  | { readonly kind: 'announcesLess' }
  /** Only the end of the connection ends the body, and it comes halfway. */
  | { readonly kind: 'unannounced' }
  | { readonly kind: 'html' }
  | { readonly kind: 'empty' }
  | { readonly kind: 'slow'; readonly milliseconds: number };

interface PlannedFault {
  readonly fault: SegmentFault;
  readonly concerns: (index: number) => boolean;
  times: number;
}

/** The switches of an origin. Everything works until something is set here. */
export class Faults {
  #playlist: PlaylistFault | undefined;
  #master: PlaylistFault | undefined;
  readonly #segments: PlannedFault[] = [];
  readonly #keys: PlannedFault[] = [];

  /** Sets or (without an argument) removes the fault of the media playlists. */
  playlist(fault?: PlaylistFault): void {
    this.#playlist = fault;
  }

  master(fault?: PlaylistFault): void {
    this.#master = fault;
  }

  /** The segments (by index, or all) fail for the next `times` requests. */
  segments(fault: SegmentFault, indexes: readonly number[] | 'all' = 'all', times = Infinity): void {
    this.#segments.push(planned(fault, indexes, times));
  }

  /** The same for keys, by their number. */
  keys(fault: SegmentFault, numbers: readonly number[] | 'all' = 'all', times = Infinity): void {
    this.#keys.push(planned(fault, numbers, times));
  }

  clear(): void {
    this.#playlist = undefined;
    this.#master = undefined;
    this.#segments.length = 0;
    this.#keys.length = 0;
  }

  get ofPlaylist(): PlaylistFault | undefined {
    return this.#playlist;
  }

  get ofMaster(): PlaylistFault | undefined {
    return this.#master;
  }

  takeForSegment(index: number): SegmentFault | undefined {
    return take(this.#segments, index);
  }

  takeForKey(number: number): SegmentFault | undefined {
    return take(this.#keys, number);
  }
}

const planned = (fault: SegmentFault, indexes: readonly number[] | 'all', times: number): PlannedFault => ({
  fault,
  concerns: (index) => indexes === 'all' || indexes.includes(index),
  times,
});

function take(faults: readonly PlannedFault[], index: number): SegmentFault | undefined {
  const found = faults.find(({ times, concerns }) => times > 0 && concerns(index));
  if (found) found.times -= 1;
  return found?.fault;
}
