import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import { demoAvailability, type DemoAvailability, streamer } from '@streamvault/api-contract';
import { AddStreamer, demoUrl, FindStreamerByUrl, GetStreamer, StreamerAlreadyAdded } from '@streamvault/streamers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFoundException } from '@nestjs/common';
import { DEMO_DEMAND } from '@streamvault/recording';
import { DemoChannel } from '../demo-channel.js';
import { CommandDoor } from '@streamvault/http-kit';
import { Answers, Needs } from '@streamvault/http-kit';

/** A live channel that the server makes itself, to try everything without an account or the internet. */
@ApiTags('Demo')
@Controller()
export class DemoController {
  constructor(
    private readonly demo: DemoChannel,
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('api/demo')
  @Needs('streamers.view', { lists: 'nothing' })
  @Answers(200, demoAvailability, 'Whether the demo channel is available, and whether it is on the list.')
  async availability(): Promise<DemoAvailability> {
    const streamerId = await this.queries.execute(new FindStreamerByUrl(demoUrl));
    return { available: true, reason: null, streamerId };
  }

  @Post('api/demo')
  @Needs('streamers.change')
  @HttpCode(200)
  @Answers(200, streamer, 'Adds the demo channel to the list, or finds it there.')
  async add(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.door.run(request, reply, { status: 200 }, async (metadata) => {
      try {
        const { streamerId, position } = await this.commands.execute(new AddStreamer({ url: demoUrl }, metadata));
        await this.door.shown(position);
        return { body: await this.queries.execute(new GetStreamer(streamerId)), position };
      } catch (error) {
        if (!(error instanceof StreamerAlreadyAdded)) throw error;
        return {
          body: await this.queries.execute(new GetStreamer(Number(error.details.streamerId))),
          position: undefined,
        };
      }
    });
  }

  @Get('demo/:file')
  @Needs('always')
  @ApiExcludeEndpoint()
  async file(@Param('file') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    // A page that embeds this address as an image must not start anything.
    const isDemanded = request.headers[DEMO_DEMAND.name] === DEMO_DEMAND.value;
    if (isDemanded && name === 'live.m3u8') await this.demo.ensureRunning();
    const file = await this.demo.read(name);
    if (!file) throw new NotFoundException('The demo channel has no such file (any more).');
    void reply.header('Content-Type', file.contentType).header('Cache-Control', 'no-store');
    void reply.send(file.body);
  }
}
