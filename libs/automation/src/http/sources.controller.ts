import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { probeSourceBody, type ProbeSourceBody, sourceProbe, type SourceProbe } from '@streamvault/api-contract';
import { Answers, Needs } from '@streamvault/http-kit';
import { ServerSources } from '@streamvault/recording';
import { FindStreamerByUrl } from '@streamvault/streamers';
import type { FastifyRequest } from 'fastify';
import { probeSource } from '../watch/probe-source.js';
import { whileConnected } from './while-connected.js';

@ApiTags('Streamers')
@Controller('api/sources')
export class SourcesController {
  constructor(
    private readonly sources: ServerSources,
    private readonly queries: QueryBus,
  ) {}

  @Post('probe')
  @HttpCode(200)
  @Needs('streamers.change')
  @Answers(200, sourceProbe, 'Looks once what is at an address, before a streamer is added.', 400)
  async probe(
    @Body({ schema: probeSourceBody }) body: ProbeSourceBody,
    @Req() request: FastifyRequest,
  ): Promise<SourceProbe> {
    const found = await probeSource(body, this.sources, whileConnected(request));
    return { ...found, streamerId: await this.queries.execute(new FindStreamerByUrl(found.url)) };
  }
}
