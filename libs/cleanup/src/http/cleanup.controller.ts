import { Body, Controller, Get, HttpCode, Post, Put, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  cleanupPreview,
  type CleanupPreview,
  cleanupRun,
  type CleanupRunAnswer,
  cleanupRunBody,
  type CleanupRunBody,
  cleanupRuns,
  cleanupSettings,
  type CleanupSettings,
  previewBody,
  type PreviewBody,
} from '@streamvault/api-contract';
import { Answers, CommandDoor, Needs } from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { videoLibraryProjection } from '@streamvault/library';
import { ChangeCleanup } from '../commands/change-cleanup/change-cleanup.command.js';
import { RunCleanup } from '../commands/run-cleanup/run-cleanup.command.js';
import { GetCleanupSettings, ListCleanupRuns, PreviewCleanup } from '../queries/cleanup-queries.js';

const shownRuns = 100;

@ApiTags('Cleanup')
@Controller('api/cleanup')
export class CleanupController {
  constructor(
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get('policies')
  @Needs('cleanup.view')
  @Answers(200, cleanupSettings, 'The cleanup rules.')
  policies(): Promise<CleanupSettings> {
    return this.queries.execute(new GetCleanupSettings());
  }

  @Put('policies')
  @Needs('cleanup.change')
  @Answers(200, cleanupSettings, 'Sets the cleanup rules, all of them.', 400)
  change(
    @Body({ schema: cleanupSettings }) body: CleanupSettings,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 200 }, async (metadata) => {
      await this.commands.execute(new ChangeCleanup(body, metadata));
      return { body: await this.queries.execute(new GetCleanupSettings()), position: undefined };
    });
  }

  @Post('preview')
  @Needs('cleanup.view')
  @HttpCode(200)
  @Answers(200, cleanupPreview, 'What a run would remove now, by the present rules or by those sent.', 400, 503)
  preview(@Body({ schema: previewBody }) { settings }: PreviewBody): Promise<CleanupPreview> {
    return this.queries.execute(new PreviewCleanup(settings, new Date().toISOString()));
  }

  @Post('runs')
  @Needs('cleanup.run')
  @HttpCode(200)
  @Answers(200, cleanupRun, 'Removes what the rules choose now.', 400, 409, 503)
  run(
    @Body({ schema: cleanupRunBody }) { confirm }: CleanupRunBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { name: projection } = videoLibraryProjection;
    return this.door.run(request, reply, { status: 200, projection }, async (metadata) => {
      const { run, position } = await this.commands.execute(new RunCleanup({ confirm }, metadata));
      return { body: run, position };
    });
  }

  @Get('runs')
  @Needs('cleanup.view')
  @Answers(200, cleanupRuns, 'What runs removed, newest first.')
  async runs(): Promise<{ items: CleanupRunAnswer[] }> {
    return { items: await this.queries.execute(new ListCleanupRuns(shownRuns)) };
  }
}
