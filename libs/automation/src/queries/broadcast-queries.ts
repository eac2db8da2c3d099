import { Query } from '@nestjs/cqrs';
import type { Broadcast, Detection, Page } from '@streamvault/api-contract';

export interface BroadcastFilter {
  readonly streamerId: number;
  readonly limit: number;
  /** Broadcasts below this id; the newest come first. */
  readonly before?: number | undefined;
}

/** @throws StreamerNotFound */
export class ListBroadcasts extends Query<Page<Broadcast>> {
  constructor(readonly filter: BroadcastFilter) {
    super();
  }
}

/**
 * What happened with each broadcast that was noticed.
 * @throws StreamerNotFound
 */
export class ListDetections extends Query<Page<Detection>> {
  constructor(readonly filter: BroadcastFilter) {
    super();
  }
}
