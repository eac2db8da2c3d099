import { EntityManager } from '@mikro-orm/core';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  putRulesBody,
  type PutRulesBody,
  type RuleTest,
  ruleTest,
  streamerRules,
  type StreamerRules,
  testRulesBody,
  type TestRulesBody,
} from '@streamvault/api-contract';
import { Answers, CommandDoor, Needs, PublicIdPipe } from '@streamvault/http-kit';
import { type EffectiveStreamer, StreamerNotFound, StreamerStreams } from '@streamvault/streamers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { testRules } from '../queries/test-rules.js';
import { broadcastViewProjection } from '../read-models/broadcast-view.projection.js';
import { BroadcastRow } from '../read-models/broadcast-row.entity.js';
import { RuleStreams } from '../rules/rule-streams.js';

const tested = 50;

@ApiTags('Rules')
@Controller('api/streamers/:id/rules')
export class RulesController {
  constructor(
    private readonly em: EntityManager,
    private readonly door: CommandDoor,
    private readonly streamers: StreamerStreams,
    private readonly rules: RuleStreams,
  ) {}

  @Get()
  @Needs('rules.read')
  @Answers(
    200,
    streamerRules,
    'The rules that decide which broadcasts of a streamer are recorded, in their order.',
    404,
  )
  async get(@Param('id', PublicIdPipe) streamerId: number): Promise<StreamerRules> {
    await this.#known(streamerId);
    return this.#answer(streamerId);
  }

  @Put()
  @Needs('rules.change')
  @Answers(200, streamerRules, 'Replaces all of them; null returns to those for all streamers.', 400, 404)
  async put(
    @Param('id', PublicIdPipe) streamerId: number,
    @Body({ schema: putRulesBody }) { rules }: PutRulesBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#known(streamerId);
    await this.door.run(request, reply, { status: 200, projection: broadcastViewProjection.name }, async (metadata) => {
      const { position } = await this.rules.change(streamerId, rules, metadata);
      return { body: await this.#answer(streamerId), position };
    });
  }

  @Post('test')
  @HttpCode(200)
  @Needs('rules.read')
  @Answers(200, ruleTest, 'What rules would have decided for the last 50 broadcasts, and which rule decided.', 400, 404)
  async test(
    @Param('id', PublicIdPipe) streamerId: number,
    @Body({ schema: testRulesBody }) { rules }: TestRulesBody,
  ): Promise<RuleTest> {
    const { reruns } = await this.#known(streamerId);
    const set = rules ? this.rules.compile(rules) : (await this.rules.of(streamerId)).set;
    const rows = await this.em.fork().find(BroadcastRow, { streamerId }, { orderBy: { id: 'desc' }, limit: tested });
    return { items: rows.map((row) => testRules(set, row, reruns)) };
  }

  async #answer(streamerId: number): Promise<StreamerRules> {
    const { rules, inherited } = await this.rules.of(streamerId);
    return { rules: rules as StreamerRules['rules'], inherited };
  }

  async #known(streamerId: number): Promise<EffectiveStreamer> {
    const streamer = await this.streamers.find(streamerId);
    if (!streamer) throw new StreamerNotFound(streamerId);
    return streamer;
  }
}
