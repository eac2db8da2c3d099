import { Body, Controller, Get, Param, Put, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  putStreamerCleanupBody,
  type PutStreamerCleanupBody,
  streamerCleanup,
  type StreamerCleanup,
} from '@streamvault/api-contract';
import { Answers, CommandDoor, Needs, PublicIdPipe } from '@streamvault/http-kit';
import { type EffectiveStreamer, StreamerNotFound, StreamerStreams } from '@streamvault/streamers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CleanupStreams } from '../cleanup-streams.js';
import { cleanupOf } from '../domain/streamer-cleanup.js';

@ApiTags('Cleanup')
@Controller('api/streamers/:id/cleanup')
export class StreamerCleanupController {
  constructor(
    private readonly door: CommandDoor,
    private readonly streams: CleanupStreams,
    private readonly streamers: StreamerStreams,
  ) {}

  @Get()
  @Needs('cleanup.view')
  @Answers(200, streamerCleanup, 'How long the videos of a streamer stay, and where that comes from.', 404)
  async get(@Param('id', PublicIdPipe) streamerId: number): Promise<StreamerCleanup> {
    await this.#known(streamerId);
    return cleanupOf(streamerId, await this.streams.settings());
  }

  @Put()
  @Needs('cleanup.change')
  @Answers(200, streamerCleanup, 'Gives a streamer a policy of its own; null takes it away.', 400, 404)
  async put(
    @Param('id', PublicIdPipe) streamerId: number,
    @Body({ schema: putStreamerCleanupBody }) { policy }: PutStreamerCleanupBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { name } = await this.#known(streamerId);
    await this.door.run(request, reply, { status: 200 }, async (metadata) => {
      const scope = { kind: 'streamer', streamerId } as const;
      const own = policy && { ...policy, name: name.slice(0, 100), scope };
      await this.streams.changeStreamer(streamerId, own, metadata);
      return { body: await this.get(streamerId), position: undefined };
    });
  }

  async #known(streamerId: number): Promise<EffectiveStreamer> {
    const streamer = await this.streamers.find(streamerId);
    if (!streamer) throw new StreamerNotFound(streamerId);
    return streamer;
  }
}
