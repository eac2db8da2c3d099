import { Command } from '@nestjs/cqrs';
import type { RecordingAnswer } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import type { FillSource } from '../../domain/recording-events.js';
import type { Outcome } from '../outcome.js';

/** Fills a gap of a finished recording from the platform's own video. */
export class RequestGapFill extends Command<Outcome<RecordingAnswer>> {
  constructor(
    readonly recordingId: number,
    /** The start of the gap. */
    readonly from: string,
    readonly source: FillSource,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
