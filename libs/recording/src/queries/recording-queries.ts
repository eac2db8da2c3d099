import { Query } from '@nestjs/cqrs';
import type { Page, QueueItem, Recording, RecordingState } from '@streamvault/api-contract';

export class ListRecordings extends Query<Page<Recording>> {
  constructor(
    readonly filter: {
      readonly states?: readonly RecordingState[] | undefined;
      readonly streamerId?: number | undefined;
      /** Of these streamers only; of all where it is not given. */
      readonly only?: readonly number[] | undefined;
      readonly limit: number;
      /** Recordings below this id; the newest come first. */
      readonly before?: number | undefined;
    },
  ) {
    super();
  }
}

/** @throws RecordingNotFound */
export class GetRecording extends Query<Recording> {
  constructor(readonly recordingId: number) {
    super();
  }
}

/** Which recording is taking each streamer's broadcast, by streamer id. */
export class GetActiveRecordings extends Query<ReadonlyMap<number, { recordingId: number; isReceiving: boolean }>> {}

/** Post-processing steps that wait, run or failed. */
export class ListQueue extends Query<QueueItem[]> {
  /** @param only of these streamers; of all if it is not given */
  constructor(readonly only?: readonly number[]) {
    super();
  }
}
