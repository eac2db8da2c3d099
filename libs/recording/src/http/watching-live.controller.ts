import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { timeline, type Timeline } from '@streamvault/api-contract';
import { Answers, Needs, principalOf, PublicIdPipe, signed } from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RecordingNotFound } from '../domain/recording-errors.js';
import { LiveStoryboard } from '../playback/live-storyboard.js';
import { NotPlayable, RecordingMedia } from '../playback/recording-media.js';
import { GetRecording } from '../queries/recording-queries.js';
import { RecordingStreams } from '../recording-streams.js';

/** What a player wants beside the playlist: pictures for its seek bar, and where the wall clock lies. */
@ApiTags('Recordings')
@Controller('api')
export class WatchingLiveController {
  constructor(
    private readonly storyboard: LiveStoryboard,
    private readonly media: RecordingMedia,
    private readonly streams: RecordingStreams,
    private readonly queries: QueryBus,
  ) {}

  @Get('recordings/:id/timeline')
  @Needs('recordings.view', { shared: 'recording' })
  @Answers(
    200,
    timeline,
    'Where the wall clock lies in the playlist and, once there is one, in the video: stretch by stretch, without what was not captured.',
    404,
  )
  async timeline(@Param('id', PublicIdPipe) id: number): Promise<Timeline> {
    const snapshot = await this.streams.current(id);
    if (!snapshot) throw new RecordingNotFound(id);
    const [output] = snapshot.context.outputs;
    return { items: [...(output?.timeline ?? (await this.media.timeline(id)))] };
  }

  @Get('recordings/:id/storyboard.vtt')
  @Needs('recordings.view', { shared: 'recording' })
  @ApiProduces('text/vtt')
  @Answers(200, undefined, 'Small pictures over the time of the playlist, as WebVTT with #xywh. It grows with it.', 404)
  async vtt(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.queries.execute(new GetRecording(id));
    const { signature } = principalOf(request);
    const text = await this.storyboard.vtt(id, (number) => signed(`storyboard/${number}`, signature));
    void reply
      .header('Content-Type', 'text/vtt; charset=utf-8')
      .header('Cache-Control', 'private, no-cache')
      .send(text);
  }

  @Get('recordings/:id/storyboard/:number')
  @Needs('recordings.view', { shared: 'recording' })
  @ApiProduces('image/jpeg')
  @Answers(200, undefined, 'One picture of the storyboard.', 404)
  async tile(
    @Param('id', PublicIdPipe) id: number,
    @Param('number') number: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.queries.execute(new GetRecording(id));
    const jpeg = /^\d{1,6}$/.test(number) ? await this.storyboard.tile(id, Number(number)) : undefined;
    if (jpeg === undefined) throw new NotPlayable(id, `Recording ${id} has no such picture (yet).`);
    void reply.header('Cache-Control', 'private, max-age=3600').type('image/jpeg').send(Buffer.from(jpeg));
  }
}
