import { Inject, Injectable } from '@nestjs/common';
import { MEDIA, type Media, TILE, vttTime } from '@streamvault/media';
import { RecordingMedia } from './recording-media.js';
import { Turns } from './turns.js';

/** A tile stays what it is while the recording grows, so they do not move closer or further apart. */
const intervalSeconds = 10;
const mostKept = 2000;
/** Programs at once: somebody looks at the pictures, recordings must go on. */
const mostAtOnce = 2;

/** Small pictures of a recording that grows, each made when somebody first looks at it. */
@Injectable()
export class LiveStoryboard {
  /** By recording and number; the one asked for last stands last. */
  readonly #kept = new Map<string, Promise<Uint8Array | undefined>>();
  readonly #turns = new Turns(mostAtOnce);

  constructor(
    private readonly recordings: RecordingMedia,
    @Inject(MEDIA) private readonly media: Pick<Media, 'takeStill'>,
  ) {}

  /**
   * Which picture belongs to which time of the playlist (WebVTT; Media Fragments URI 1.0, "xywh").
   * @param tileUrl relative to the text's own address
   * @throws NotPlayable
   */
  async vtt(recordingId: number, tileUrl: (number: number) => string): Promise<string> {
    const seconds = await this.recordings.durationSeconds(recordingId);
    const cues = Array.from({ length: Math.ceil(seconds / intervalSeconds) }, (_, number) => {
      const end = Math.min(seconds, (number + 1) * intervalSeconds);
      const time = `${vttTime(number * intervalSeconds)} --> ${vttTime(end)}`;
      return `${time}\n${tileUrl(number)}#xywh=0,0,${TILE.width},${TILE.height}`;
    });
    return `${['WEBVTT', ...cues].join('\n\n')}\n`;
  }

  /** A JPEG; undefined where there is no picture. @throws NotPlayable */
  async tile(recordingId: number, number: number): Promise<Uint8Array | undefined> {
    const key = `${recordingId} ${number}`;
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    const tile = kept ?? this.#turns.take(() => this.#take(recordingId, number));
    this.#kept.set(key, tile);
    // Not there yet, or not readable at the moment: the next one who looks tries again.
    const forget = (): boolean => this.#kept.get(key) === tile && this.#kept.delete(key);
    tile.then((jpeg) => jpeg === undefined && forget(), forget);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    return tile;
  }

  async #take(recordingId: number, number: number): Promise<Uint8Array | undefined> {
    const run = await this.recordings.segmentAt(recordingId, number * intervalSeconds);
    return run && this.media.takeStill({ run, size: TILE });
  }
}
