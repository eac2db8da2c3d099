import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { cutVideoBody, type CutVideoBody, video, videoCut, type VideoCut, wholeList } from '@streamvault/api-contract';
import { Answers, CommandDoor, Needs, PublicIdPipe } from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CutBoard } from '../cutting/cut-board.js';
import { VideoCutter } from '../cutting/video-cutter.js';
import { GetVideo } from '../queries/video-queries.js';
import { videoLibraryProjection } from '../read-models/video-library.projection.js';

const { name: projection } = videoLibraryProjection;

@ApiTags('Videos')
@Controller('api/videos')
export class CutsController {
  constructor(
    private readonly door: CommandDoor,
    private readonly queries: QueryBus,
    private readonly cutter: VideoCutter,
    private readonly board: CutBoard,
  ) {}

  @Post(':id/cut')
  @Needs('videos.change')
  @HttpCode(201)
  @Answers(
    201,
    video,
    'Makes a range of the video a video of its own, which knows where it came from. Answers when it is there; it goes on if nobody waits, see `/cuts`.',
    400,
    404,
    409,
    503,
  )
  cut(
    @Param('id', PublicIdPipe) id: number,
    @Body({ schema: cutVideoBody }) body: CutVideoBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 201, projection }, async (metadata) => {
      const { videoId, position } = await this.cutter.cut(id, body, metadata);
      await this.door.shown(position, projection);
      return { body: await this.queries.execute(new GetVideo(videoId)), position };
    });
  }

  @Get(':id/cuts')
  @Needs('videos.view', { of: 'video' })
  @Answers(
    200,
    wholeList(videoCut),
    'The cuts that were asked for since the server started: how far they are, or what came of them. The newest first.',
    404,
  )
  async cuts(@Param('id', PublicIdPipe) id: number): Promise<{ items: VideoCut[] }> {
    await this.queries.execute(new GetVideo(id));
    return { items: this.board.of(id) };
  }
}
