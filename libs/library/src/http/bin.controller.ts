import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  binQuery,
  type DeletedVideo,
  deletedVideoPage,
  deletedVideosQuery,
  emptiedBin,
  emptyBinBody,
  type EmptyBinBody,
  type Page,
  type Video,
  binPage,
} from '@streamvault/api-contract';
import {
  Answers,
  CommandDoor,
  decodeCursor,
  encodeCursor,
  idFromCursor,
  Needs,
  visibleStreamers,
} from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { EmptyBin } from '../commands/empty-bin/empty-bin.command.js';
import { ListBin, ListDeletedVideos, type BinCursor } from '../queries/video-queries.js';
import { videoLibraryProjection } from '../read-models/video-library.projection.js';

const { name: projection } = videoLibraryProjection;
const binCursor = z.object({ binnedAt: z.iso.datetime(), id: z.int() });

@ApiTags('Cleanup')
@Controller('api/cleanup')
export class BinController {
  constructor(
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('bin')
  @Needs('videos.view', { lists: 'visible' })
  @Answers(200, binPage, 'What is in the bin, by whom or by which rule, and until when. Newest first.', 400)
  async bin(
    @Query({ schema: binQuery }) { limit, cursor }: z.infer<typeof binQuery>,
    @Req() request: FastifyRequest,
  ): Promise<Page<Video>> {
    const after = decodeCursor(cursor, (value): BinCursor | undefined => binCursor.safeParse(value).data);
    const { items, next } = await this.queries.execute(new ListBin({ limit, after, only: visibleStreamers(request) }));
    return { items, nextCursor: next && encodeCursor(next) };
  }

  @Post('bin/empty')
  @Needs('videos.purge')
  @HttpCode(200)
  @Answers(200, emptiedBin, 'Permanently removes what is in the bin, or certain videos of it, at once.', 400)
  empty(
    @Body({ schema: emptyBinBody }) { videoIds }: EmptyBinBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 200, projection }, async (metadata) => {
      const { position, ...emptied } = await this.commands.execute(
        new EmptyBin(videoIds === undefined ? 'all' : { videoIds }, metadata),
      );
      return { body: emptied, position };
    });
  }

  @Get('deleted')
  @Needs('videos.view', { lists: 'visible' })
  @Answers(200, deletedVideoPage, 'Videos that were permanently deleted, with who or what deleted them.', 400)
  async deleted(
    @Query({ schema: deletedVideosQuery }) { limit, cursor, streamerId }: z.infer<typeof deletedVideosQuery>,
    @Req() request: FastifyRequest,
  ): Promise<Page<DeletedVideo>> {
    const { items, next } = await this.queries.execute(
      new ListDeletedVideos({ limit, before: idFromCursor(cursor), streamerId, only: visibleStreamers(request) }),
    );
    return { items, nextCursor: next === null ? null : encodeCursor(next) };
  }
}
