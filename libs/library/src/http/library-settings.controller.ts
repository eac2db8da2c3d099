import { EntityManager } from '@mikro-orm/core';
import { Body, Controller, Get, HttpCode, Patch, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  changeLibrarySettingsBody,
  type ChangeLibrarySettingsBody,
  libraryMove,
  type LibraryMove,
  librarySettings,
  type LibrarySettingsAnswer,
  moveLibraryBody,
  type MoveLibraryBody,
  namesPreview,
  type NamesPreview,
  previewNamesBody,
  type PreviewNamesBody,
} from '@streamvault/api-contract';
import { Answers, CommandDoor, InvalidInput, Needs } from '@streamvault/http-kit';
import { JobAlreadyRunning, RequestJobRun } from '@streamvault/jobs';
import { deterministicId } from '@streamvault/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LibraryStream } from '../choices/library-stream.js';
import { LibraryMover } from '../moving/library-move.js';
import { MOVE_JOB } from '../moving/move-library.job.js';
import { LibraryNames } from '../naming/library-names.js';
import { nameByTemplate, nameFields, type NamePreset, namePresets, problemsOf } from '../naming/name-template.js';
import { toExistingVideo } from '../read-models/video-library.projection.js';
import { VideoRow } from '../read-models/video-row.entity.js';

const sample = {
  streamerName: 'Somebody',
  title: 'Evening show: part 2',
  category: 'Chess',
  recordedAt: '2026-11-30T20:15:00.000Z',
  id: '17',
  numberOfDay: 1,
};
const mostExamples = 8;
const mostPlanned = 1000;

@ApiTags('Library')
@Controller('api/library')
export class LibrarySettingsController {
  constructor(
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
    private readonly library: LibraryStream,
    private readonly names: LibraryNames,
    private readonly mover: LibraryMover,
    private readonly em: EntityManager,
  ) {}

  @Get('settings')
  @Needs('videos.view')
  @Answers(200, librarySettings, 'How videos are named, and what is written beside them.')
  async settings(): Promise<LibrarySettingsAnswer> {
    const choices = await this.library.choices();
    const presets = Object.entries(namePresets).map(([name, template]) => ({
      name: name as NamePreset,
      template,
      example: this.#sampleBy(template),
    }));
    return {
      ...choices,
      preset: presets.find(({ template }) => template === choices.template)?.name ?? null,
      presets,
      fields: Object.entries(nameFields).map(([name, meaning]) => ({ name, meaning })),
    };
  }

  @Patch('settings')
  @Needs('library.change')
  @Answers(
    200,
    librarySettings,
    'Changes it, for videos from now on. What is there is moved by `POST /api/library/move`.',
    400,
  )
  async change(
    @Body({ schema: changeLibrarySettingsBody }) changes: ChangeLibrarySettingsBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const problems = changes.template === undefined ? [] : problemsOf(changes.template);
    if (problems.length > 0) throw new InvalidInput(problems.map((message) => ({ path: 'template', message })));
    await this.door.run(request, reply, { status: 200 }, async (metadata) => {
      const { actor: by, now: at } = metadata;
      const { position } = await this.library.handle({ type: 'ChangeLibrary', by, at, changes }, metadata);
      return { body: await this.settings(), position };
    });
  }

  @Post('names/preview')
  @Needs('videos.view')
  @HttpCode(200)
  @Answers(200, namesPreview, 'What names a template would give. Changes nothing.', 400)
  async preview(@Body({ schema: previewNamesBody }) { template: typed }: PreviewNamesBody): Promise<NamesPreview> {
    const template = typed.trim();
    const problems = problemsOf(template);
    if (problems.length > 0) return { problems, examples: [] };
    const newest = { orderBy: { recordedAt: 'desc', id: 'desc' }, limit: mostExamples } as const;
    const rows = await this.em.fork().find(VideoRow, { place: 'library' }, newest);
    const examples: NamesPreview['examples'] = [
      { videoId: null, title: sample.title, file: `${this.#sampleBy(template)}.mp4` },
    ];
    const planned = new Set<string>();
    for (const row of rows.toReversed()) {
      const file = await this.names.wantedFor(toExistingVideo(row), template, planned);
      examples.push({ videoId: row.id, title: row.title, file });
    }
    return { problems, examples };
  }

  @Get('move')
  @Needs('videos.view')
  @Answers(200, libraryMove, 'Whether videos are being moved to the names of the template, and how far that is.')
  async move(): Promise<LibraryMove> {
    const { move, lastMove } = await this.library.state();
    return {
      pending: move && { by: move.by, at: move.at, template: move.template },
      progress: this.mover.progress,
      last: lastMove,
      planned: null,
    };
  }

  @Post('move')
  @Needs('library.change')
  @HttpCode(200)
  @Answers(200, libraryMove, 'Moves all videos to the names that the template wants, or says which it would.', 400, 503)
  async moveAll(
    @Body({ schema: moveLibraryBody }) { dryRun }: MoveLibraryBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (dryRun) {
      const { videos, moves } = await this.mover.preview();
      await reply.send({
        ...(await this.move()),
        planned: { videos, toMove: moves.length, moves: moves.slice(0, mostPlanned) },
      } satisfies LibraryMove);
      return;
    }
    await this.door.run(request, reply, { status: 200 }, async (metadata) => {
      const { actor: by, now: at } = metadata;
      const { position } = await this.library.handle({ type: 'RequestMove', by, at }, metadata);
      try {
        const own = { ...metadata, commandId: deterministicId(metadata.commandId, MOVE_JOB) };
        await this.commands.execute(new RequestJobRun(MOVE_JOB, own));
      } catch (error) {
        // It runs already, and looks again when it is done.
        if (!(error instanceof JobAlreadyRunning)) throw error;
      }
      return { body: await this.move(), position };
    });
  }

  #sampleBy(template: string): string {
    return nameByTemplate(template, sample, this.names.zone);
  }
}
