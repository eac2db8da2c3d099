import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { Answers, Needs, PublicIdPipe } from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotPlayable } from '../playback/recording-media.js';
import { LiveStills } from '../playback/live-stills.js';

@ApiTags('Recordings')
@Controller('api')
export class StillsController {
  constructor(private readonly stills: LiveStills) {}

  @Get('recordings/:id/thumbnail')
  @Needs('recordings.view', { of: 'recording' })
  @ApiProduces('image/jpeg')
  @Answers(
    200,
    undefined,
    'What the recording shows right now, at most ten seconds old; 404 while there is no picture.',
    404,
  )
  async still(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const still = await this.stills.of(id);
    if (still === undefined) throw new NotPlayable(id, `Recording ${id} has no picture to show (yet).`);
    void reply.header('Cache-Control', 'private, max-age=3').header('ETag', still.tag);
    if (request.headers['if-none-match']?.includes(still.tag) === true) void reply.status(304).send();
    else void reply.type('image/jpeg').send(Buffer.from(still.jpeg));
  }
}
