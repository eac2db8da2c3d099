import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  bulkAnswer,
  type BulkAnswer,
  bulkBinBody,
  type BulkBinBody,
  bulkChangeBody,
  type BulkChangeBody,
  bulkVideosBody,
  type BulkVideosBody,
} from '@streamvault/api-contract';
import type { Position } from '@streamvault/event-store';
import { Answers, CommandDoor, Needs } from '@streamvault/http-kit';
import { type CommandMetadata, deterministicId, DomainError } from '@streamvault/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BinVideo } from '../commands/bin-video/bin-video.command.js';
import { ChangeVideo } from '../commands/change-video/change-video.command.js';
import { MarkWatched } from '../commands/mark-watched/mark-watched.command.js';
import type { VideoOutcome } from '../commands/outcome.js';
import { RestoreVideo } from '../commands/restore-video/restore-video.command.js';
import { videoLibraryProjection } from '../read-models/video-library.projection.js';

const { name: projection } = videoLibraryProjection;

/** One answer for many videos: what holds for one of them does not hold up the others. */
@ApiTags('Videos')
@Controller('api/videos/bulk')
export class BulkController {
  constructor(
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
  ) {}

  @Post('change')
  @Needs('videos.change')
  @HttpCode(200)
  @Answers(200, bulkAnswer, 'Protects videos or takes that back, and notes whether they were watched.', 400)
  change(
    @Body({ schema: bulkChangeBody }) { videoIds, protected: isProtected, watched }: BulkChangeBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#each(videoIds, request, reply, async (id, metadata) => {
      let outcome: VideoOutcome | undefined;
      if (isProtected !== undefined)
        outcome = await this.commands.execute(new ChangeVideo(id, { protected: isProtected }, metadata));
      if (watched !== undefined) {
        const own = { ...metadata, commandId: deterministicId(metadata.commandId, 'watched') };
        outcome = await this.commands.execute(new MarkWatched(id, watched, own));
      }
      return outcome;
    });
  }

  @Post('delete')
  @Needs('videos.delete')
  @HttpCode(200)
  @Answers(200, bulkAnswer, 'Puts videos into the bin.', 400)
  bin(
    @Body({ schema: bulkBinBody }) { videoIds, evenProtected }: BulkBinBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#each(videoIds, request, reply, (id, metadata) =>
      this.commands.execute(new BinVideo(id, { evenProtected }, metadata)),
    );
  }

  @Post('restore')
  @Needs('videos.delete')
  @HttpCode(200)
  @Answers(200, bulkAnswer, 'Takes videos out of the bin.', 400)
  restore(
    @Body({ schema: bulkVideosBody }) { videoIds }: BulkVideosBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#each(videoIds, request, reply, (id, metadata) =>
      this.commands.execute(new RestoreVideo(id, metadata)),
    );
  }

  #each(
    videoIds: readonly number[],
    request: FastifyRequest,
    reply: FastifyReply,
    execute: (id: number, metadata: CommandMetadata) => Promise<VideoOutcome | undefined>,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 200, projection }, async (metadata) => {
      const body: BulkAnswer = { done: [], failed: [] };
      let latest: Position | undefined;
      for (const videoId of new Set(videoIds)) {
        try {
          const outcome = await execute(videoId, {
            ...metadata,
            commandId: deterministicId(metadata.commandId, videoId),
          });
          const position = outcome?.position;
          if (position !== undefined && (latest === undefined || position > latest)) latest = position;
          body.done.push(videoId);
        } catch (error) {
          // What speaks against one of them; a disk or log that is away speaks against all.
          if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error;
          body.failed.push({ videoId, code: error.code, message: error.message });
        }
      }
      return { body, position: latest };
    });
  }
}
