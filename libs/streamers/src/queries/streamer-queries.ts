import { Query } from '@nestjs/cqrs';
import type { Page, Streamer } from '@streamvault/api-contract';

export class ListStreamers extends Query<Page<Streamer>> {
  constructor(
    readonly filter: {
      readonly limit: number;
      /** Streamers above this id: in the order in which they were added. */
      readonly after?: number | undefined;
      /** Only these; default: all. */
      readonly only?: readonly number[] | undefined;
    },
  ) {
    super();
  }
}

/** @throws StreamerNotFound */
export class GetStreamer extends Query<Streamer> {
  constructor(readonly streamerId: number) {
    super();
  }
}

/** The id of the streamer with this address, from the read model. */
export class FindStreamerByUrl extends Query<number | null> {
  constructor(readonly url: string) {
    super();
  }
}
