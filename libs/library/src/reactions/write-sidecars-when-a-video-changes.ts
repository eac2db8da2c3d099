import { Injectable } from '@nestjs/common';
import { errorCode } from '@streamvault/failures';
import { Claims, type FollowVerdict, type ReadEvent, type Reaction } from '@streamvault/kernel';
import { recordingCategory, RecordingStreams } from '@streamvault/recording';
import { type VideoEvent, videoCategory } from '../domain/video-events.js';
import { SidecarWriter } from '../sidecars/sidecar-writer.js';
import { videoOfOutput } from '../video-of-output.js';

/** After so many tries a folder takes nothing; the weekly job tries again. */
const mostTries = 5;
const awaited: ReadonlySet<unknown> = new Set(['disk.gone', 'media.storage-full', 'event-store.unavailable']);
/** Its files are gone or on their way, or the event follows one that is handled. */
const aside: ReadonlySet<string> = new Set<VideoEvent['type']>([
  'VideoPurgeStarted',
  'VideoPurged',
  'VideoMoveStarted',
  'VideoMoveFailed',
  'VideoFillStarted',
  'VideoFillFailed',
  // The step of its recording writes them.
  'VideoAdded',
]);

/** What is said of a recording after its video was published. */
const told: ReadonlySet<string> = new Set(['RecordingCompleted', 'PartsDiscarded', 'GapFilled', 'GapFillFailed']);

/** So that what lies beside a video is always enough to bring the library back. */
@Injectable()
export class WriteSidecarsWhenAVideoChanges implements Reaction {
  readonly name = 'write-sidecars-when-a-video-changes';
  readonly role = 'recorder';
  readonly filter = {
    categories: [videoCategory, recordingCategory],
  };
  readonly from = 'end';

  constructor(
    private readonly sidecars: SidecarWriter,
    private readonly recordings: RecordingStreams,
    private readonly claims: Claims,
  ) {}

  async handle({ stream, type }: ReadEvent, signal: AbortSignal): Promise<void> {
    const [category = '', number = ''] = stream.split('-', 2);
    if (category === videoCategory) {
      if (!aside.has(type)) await this.sidecars.write(Number(number), signal);
      return;
    }
    // Its stream says how it ended only now.
    if (!told.has(type)) return;
    const recordingId = Number(number);
    const outputs = (await this.recordings.current(recordingId))?.context.outputs ?? [];
    for (const index of outputs.keys()) {
      const videoId = await videoOfOutput(this.claims, recordingId, index + 1);
      if (videoId !== undefined) await this.sidecars.write(videoId, signal);
    }
  }

  onFailure(error: unknown, _event: ReadEvent, attempt: number): FollowVerdict {
    // A disk that is away comes back, and so does room; a folder that takes nothing must not hold up all other videos.
    const code = errorCode(error);
    return attempt >= mostTries && !awaited.has(code) ? 'skip' : 'retry';
  }
}
