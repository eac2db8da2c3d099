import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { timeline, type Timeline } from '@streamvault/api-contract';
import { Answers, Needs, PublicIdPipe } from '@streamvault/http-kit';
import { RecordingStreams } from '@streamvault/recording';
import type { ExistingVideo } from '../domain/video-state.js';
import { timelineWithin } from '../queries/video-timeline.js';
import { VideoStreams } from '../video-streams.js';

@ApiTags('Videos')
@Controller('api/videos')
export class VideoTimelineController {
  constructor(
    private readonly videos: VideoStreams,
    private readonly recordings: RecordingStreams,
  ) {}

  @Get(':id/timeline')
  @Needs('videos.watch', { shared: 'video' })
  @Answers(
    200,
    timeline,
    'Where the wall clock lies in the file, stretch by stretch, without what was not captured.',
    404,
  )
  async timeline(@Param('id', PublicIdPipe) id: number): Promise<Timeline> {
    const { state } = await this.videos.find(id);
    return { items: await this.#of(state) };
  }

  async #of({ durationSeconds, origin, recordedAt, recordingId, file }: ExistingVideo): Promise<Timeline['items']> {
    const whole = [{ startsAt: recordedAt, mediaSeconds: 0, durationSeconds }];
    if (origin !== null) {
      const source = await this.videos.peek(origin.videoId);
      // A copy begins at the key frame before, and ends where it was asked to.
      const begins = origin.exact ? origin.fromSeconds : Math.max(0, origin.toSeconds - durationSeconds);
      return source ? timelineWithin(await this.#of(source), begins, origin.toSeconds) : whole;
    }
    if (recordingId === null) return whole;
    const outputs = (await this.recordings.current(recordingId))?.context.outputs ?? [];
    const output = outputs.length === 1 ? outputs[0] : outputs.find((each) => each.file === file);
    return output && output.timeline.length > 0 ? [...output.timeline] : whole;
  }
}
