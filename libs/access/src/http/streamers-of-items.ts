import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { GetVideo } from '@streamvault/library';
import { GetRecording } from '@streamvault/recording';

const most = 10_000;

/** The streamer of a video or recording, which never changes. */
@Injectable()
export class StreamersOfItems {
  readonly #known = new Map<string, number>();

  constructor(private readonly queries: QueryBus) {}

  /** From the cache only; undefined if it was not looked up yet. */
  known(kind: 'video' | 'recording', id: number): number | undefined {
    return this.#known.get(`${kind}-${id}`);
  }

  /** @throws VideoNotFound, RecordingNotFound */
  async of(kind: 'video' | 'recording' | 'streamer', id: number): Promise<number> {
    if (kind === 'streamer') return id;
    const key = `${kind}-${id}`;
    const known = this.known(kind, id);
    if (known !== undefined) return known;
    const { streamerId } =
      kind === 'video'
        ? await this.queries.execute(new GetVideo(id))
        : await this.queries.execute(new GetRecording(id));
    if (this.#known.size >= most) this.#known.clear();
    this.#known.set(key, streamerId);
    return streamerId;
  }
}
