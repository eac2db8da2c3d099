/** What goes wrong with a playlist until it is lifted. */
export type PlaylistFault =
  | { readonly kind: 'status'; readonly status: number }
  /** The same old text, while the broadcast goes on. */
  | { readonly kind: 'frozen' }
  | { readonly kind: 'html' }
  | { readonly kind: 'redirectLoop' }
  /** The connection is taken and nothing is said. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'text'; readonly text: string };

/** What goes wrong with a segment. */
export type SegmentFault =
  | { readonly kind: 'status'; readonly status: number }
  /** The connection breaks half-way through the body. */
  | { readonly kind: 'truncated' }
  /** Half of the body, then nothing more. */
  | { readonly kind: 'stalled' }
  | { readonly kind: 'html' }
  | { readonly kind: 'slow'; readonly milliseconds: number };

interface PlannedSegmentFault {
  readonly fault: SegmentFault;
  readonly concerns: (index: number) => boolean;
  times: number;
}

/** The switches of an origin. Everything works until something is set here. */
export class Faults {
  #playlist: PlaylistFault | undefined;
  #master: PlaylistFault | undefined;
  readonly #segments: PlannedSegmentFault[] = [];

  /** Sets or (without a fault) lifts what is wrong with the media playlists. */
  playlist(fault?: PlaylistFault): void {
    this.#playlist = fault;
  }

  master(fault?: PlaylistFault): void {
    this.#master = fault;
  }

  /** The segments concerned (by index, or all) fail the next so many times they are asked for. */
  segments(fault: SegmentFault, indexes: readonly number[] | 'all' = 'all', times = Infinity): void {
    this.#segments.push({ fault, concerns: (index) => indexes === 'all' || indexes.includes(index), times });
  }

  clear(): void {
    this.#playlist = undefined;
    this.#master = undefined;
    this.#segments.length = 0;
  }

  get ofPlaylist(): PlaylistFault | undefined {
    return this.#playlist;
  }

  get ofMaster(): PlaylistFault | undefined {
    return this.#master;
  }

  takeForSegment(index: number): SegmentFault | undefined {
    const planned = this.#segments.find((candidate) => candidate.times > 0 && candidate.concerns(index));
    if (planned) planned.times -= 1;
    return planned?.fault;
  }
}
