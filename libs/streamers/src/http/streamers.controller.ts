import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  addStreamerBody,
  type AddStreamerBody,
  changeStreamerBody,
  type ChangeStreamerBody,
  listStreamersQuery,
  type Page,
  type Streamer,
  streamer,
  streamerPage,
} from '@streamvault/api-contract';
import {
  Answers,
  CommandDoor,
  encodeCursor,
  idFromCursor,
  Needs,
  PublicIdPipe,
  visibleStreamers,
} from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { AddStreamer } from '../commands/add-streamer/add-streamer.command.js';
import { ChangeStreamer } from '../commands/change-streamer/change-streamer.command.js';
import { RemoveStreamer } from '../commands/remove-streamer/remove-streamer.command.js';
import { GetStreamer, ListStreamers } from '../queries/streamer-queries.js';

@ApiTags('Streamers')
@Controller('api/streamers')
export class StreamersController {
  constructor(
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Needs('streamers.change')
  @Answers(201, streamer, 'Adds a streamer by the address of its HLS playlist.', 400, 409)
  async add(
    @Body({ schema: addStreamerBody }) body: AddStreamerBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.door.run(request, reply, { status: 201 }, async (metadata) => {
      const { streamerId, position } = await this.commands.execute(new AddStreamer(body, metadata));
      await this.door.shown(position);
      return { body: await this.queries.execute(new GetStreamer(streamerId)), position };
    });
  }

  @Get()
  @Needs('streamers.view', { lists: 'visible' })
  @Answers(200, streamerPage, 'The streamers, in the order in which they were added.', 400)
  async list(
    @Query({ schema: listStreamersQuery }) { limit, cursor }: z.infer<typeof listStreamersQuery>,
    @Req() request: FastifyRequest,
  ): Promise<Page<Streamer>> {
    const { items, nextCursor } = await this.queries.execute(
      new ListStreamers({ limit, after: idFromCursor(cursor), only: visibleStreamers(request) }),
    );
    return { items, nextCursor: nextCursor === null ? null : encodeCursor(Number(nextCursor)) };
  }

  @Get(':id')
  @Needs('streamers.view', { of: 'streamer' })
  @Answers(200, streamer, 'One streamer.', 404)
  get(@Param('id', PublicIdPipe) id: number): Promise<Streamer> {
    return this.queries.execute(new GetStreamer(id));
  }

  @Patch(':id')
  @Needs('streamers.change')
  @Answers(200, streamer, 'Changes name, quality or automatic recording.', 400, 404)
  async change(
    @Param('id', PublicIdPipe) id: number,
    @Body({ schema: changeStreamerBody }) body: ChangeStreamerBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.door.run(request, reply, { status: 200 }, async (metadata) => {
      const { position } = await this.commands.execute(new ChangeStreamer(id, body, metadata));
      await this.door.shown(position);
      return { body: await this.queries.execute(new GetStreamer(id)), position };
    });
  }

  @Delete(':id')
  @Needs('streamers.change')
  @Answers(204, undefined, 'Removes a streamer from the list; recordings and videos stay.', 404, 409)
  async remove(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.door.run(request, reply, { status: 204 }, async (metadata) => {
      const { position } = await this.commands.execute(new RemoveStreamer(id, metadata));
      return { body: null, position };
    });
  }
}
