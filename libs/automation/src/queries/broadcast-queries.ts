import { Query } from '@nestjs/cqrs';
import type { Broadcast, Detection, Page } from '@streamvault/api-contract';

type BroadcastDecision = NonNullable<Detection['decision']>;

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

export interface DetectionFilter extends Omit<BroadcastFilter, 'streamerId'> {
  readonly streamerId?: number | undefined;
  readonly decision?: BroadcastDecision | undefined;
  readonly isRecorded?: boolean | undefined;
  /** When it began, ISO 8601: not before the first, and before the second. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Only of these streamers; default: of all. */
  readonly only?: readonly number[] | undefined;
}

/**
 * What happened with each broadcast that was noticed.
 * @throws StreamerNotFound if a streamer is named that never was
 */
export class ListDetections extends Query<Page<Detection>> {
  constructor(readonly filter: DetectionFilter) {
    super();
  }
}
