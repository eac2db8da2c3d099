import { Body, Controller, Delete, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { changeVideoBody, type ChangeVideoBody, deleteVideoQuery, video } from '@streamvault/api-contract';
import { Answers, CommandDoor, Needs, PublicIdPipe } from '@streamvault/http-kit';
import type { CommandMetadata } from '@streamvault/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { BinVideo } from '../commands/bin-video/bin-video.command.js';
import { ChangeVideo } from '../commands/change-video/change-video.command.js';
import { MarkWatched } from '../commands/mark-watched/mark-watched.command.js';
import type { VideoOutcome } from '../commands/outcome.js';
import { RestoreVideo } from '../commands/restore-video/restore-video.command.js';
import { GetVideo } from '../queries/video-queries.js';
import { videoLibraryProjection } from '../read-models/video-library.projection.js';

const { name: projection } = videoLibraryProjection;

@ApiTags('Videos')
@Controller('api/videos')
export class VideoCommandsController {
  constructor(
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Patch(':id')
  @Needs('videos.change')
  @Answers(200, video, 'Changes the title, or protects the video from rules and accidents.', 400, 404, 409)
  change(
    @Param('id', PublicIdPipe) id: number,
    @Body({ schema: changeVideoBody }) body: ChangeVideoBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#run(id, request, reply, (metadata) => this.commands.execute(new ChangeVideo(id, body, metadata)));
  }

  @Delete(':id')
  @Needs('videos.delete')
  @HttpCode(200)
  @Answers(200, video, 'Puts the video into the bin, from where it can be restored for a while.', 404, 409)
  bin(
    @Param('id', PublicIdPipe) id: number,
    @Query({ schema: deleteVideoQuery }) { evenProtected }: z.infer<typeof deleteVideoQuery>,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#run(id, request, reply, (metadata) =>
      this.commands.execute(new BinVideo(id, { evenProtected: evenProtected === 'true' }, metadata)),
    );
  }

  @Post(':id/watched')
  @Needs('videos.watch', { of: 'video' })
  @HttpCode(200)
  @Answers(200, video, 'Records that it was watched to its end; rules may choose it for that.', 404, 409)
  watched(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#run(id, request, reply, (metadata) => this.commands.execute(new MarkWatched(id, true, metadata)));
  }

  @Delete(':id/watched')
  @Needs('videos.watch', { of: 'video' })
  @HttpCode(200)
  @Answers(200, video, 'It counts as not watched from now on.', 404, 409)
  unwatched(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#run(id, request, reply, (metadata) => this.commands.execute(new MarkWatched(id, false, metadata)));
  }

  @Post(':id/restore')
  @Needs('videos.delete')
  @HttpCode(200)
  @Answers(200, video, 'Takes the video out of the bin, unchanged.', 404, 409)
  restore(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#run(id, request, reply, (metadata) => this.commands.execute(new RestoreVideo(id, metadata)));
  }

  #run(
    id: number,
    request: FastifyRequest,
    reply: FastifyReply,
    execute: (metadata: CommandMetadata) => Promise<VideoOutcome>,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 200, projection }, async (metadata) => {
      const { position } = await execute(metadata);
      await this.door.shown(position, projection);
      return { body: await this.queries.execute(new GetVideo(id)), position };
    });
  }
}
