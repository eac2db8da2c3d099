import { Inject, Injectable } from '@nestjs/common';
import { MEDIA, type Media } from '@streamvault/media';
import { RecordingMedia } from './recording-media.js';
import { Turns } from './turns.js';

export interface Still {
  readonly jpeg: Uint8Array;
  /** Another for every other picture. */
  readonly tag: string;
}

/** A card is at most ten seconds behind: its picture is of a segment that was new so long ago at most. */
const freshMilliseconds = 7000;
const mostKept = 200;
/** Programs at once: cards are looked at, recordings must go on. */
const mostAtOnce = 2;

/** What a recording shows right now, taken only if somebody looks, and for all who look. */
@Injectable()
export class LiveStills {
  /** The one asked for last stands last. */
  readonly #kept = new Map<
    number,
    { readonly still: Promise<Still | undefined>; readonly index: number; readonly at: number }
  >();
  readonly #turns = new Turns(mostAtOnce);

  constructor(
    private readonly recordings: RecordingMedia,
    @Inject(MEDIA) private readonly media: Pick<Media, 'takeStill'>,
  ) {}

  /** @throws NotPlayable; undefined while there is no picture */
  async of(recordingId: number, now: number = performance.now()): Promise<Still | undefined> {
    const kept = this.#kept.get(recordingId);
    if (kept !== undefined && now - kept.at < freshMilliseconds) return kept.still;
    const newest = await this.recordings.newestSegment(recordingId);
    if (newest === undefined) return undefined;
    const { index, run } = newest;
    const still =
      kept?.index === index
        ? kept.still
        : this.#turns.take(() => this.media.takeStill({ run })).then((jpeg) => tagged(jpeg, index));
    this.#kept.delete(recordingId);
    this.#kept.set(recordingId, { still, index, at: now });
    // The next one who asks tries again.
    still.catch(() => this.#kept.delete(recordingId));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    return still;
  }
}

const tagged = (jpeg: Uint8Array | undefined, index: number): Still | undefined =>
  jpeg && { jpeg, tag: `"${index.toString(36)}-${jpeg.length.toString(36)}"` };
