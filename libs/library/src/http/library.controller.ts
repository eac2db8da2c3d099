import { Body, Controller, Get, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  consistencyReport,
  type ConsistencyReport,
  importBody,
  type ImportBody,
  importReport,
  importStatus,
  type ImportStatus,
  libraryStatistics,
  type LibraryStatistics,
  libraryStatisticsQuery,
  mendBody,
  type MendBody,
  mendReport,
} from '@streamvault/api-contract';
import { Answers, CommandDoor, Needs, visibleStreamers } from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ImportBoard } from '../import/import-board.js';
import { ImportLibrary } from '../commands/import-library/import-library.command.js';
import { videoLibraryProjection } from '../read-models/video-library.projection.js';
import type { z } from 'zod';
import { LibraryFigures } from '../statistics/library-statistics.js';
import { LibraryMender } from '../upkeep/library-mender.js';
import { LibraryCheck } from '../upkeep/library-check.js';

const { name: projection } = videoLibraryProjection;

@ApiTags('Library')
@Controller('api/library')
export class LibraryController {
  constructor(
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
    private readonly check: LibraryCheck,
    private readonly board: ImportBoard,
    private readonly mender: LibraryMender,
    private readonly figures: LibraryFigures,
  ) {}

  @Get('consistency')
  @Needs('videos.import')
  @Answers(200, consistencyReport, 'Compares the library with the files on the disk, and changes nothing.')
  consistency(): Promise<ConsistencyReport> {
    return this.check.run();
  }

  @Get('statistics')
  @Needs('videos.view', { lists: 'visible' })
  @Answers(200, libraryStatistics, 'How much there is, by streamer and by month.', 400)
  statistics(
    @Query({ schema: libraryStatisticsQuery }) { streamerId }: z.infer<typeof libraryStatisticsQuery>,
    @Req() request: FastifyRequest,
  ): Promise<LibraryStatistics> {
    const visible = visibleStreamers(request);
    if (streamerId === undefined) return this.figures.of(visible);
    return this.figures.of([streamerId].filter((id) => visible?.includes(id) ?? true));
  }

  @Post('consistency/mend')
  @Needs('library.change')
  @HttpCode(200)
  @Answers(200, mendReport, 'Mends what the comparison found, as far as it is chosen, or says what it would.', 400, 503)
  mend(
    @Body({ schema: mendBody }) body: MendBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 200, projection }, async (metadata) => {
      const { report, position } = await this.mender.run(body, metadata);
      return { body: report, position };
    });
  }

  @Get('import')
  @Needs('videos.import')
  @Answers(200, importStatus, 'How far an import is, and what the last one since the start came to.')
  importing(): ImportStatus {
    return this.board.status;
  }

  @Post('import')
  @Needs('videos.import')
  @HttpCode(200)
  @Answers(
    200,
    importReport,
    'Adds the videos of a folder that are not in the library, or reports which it would add.',
    400,
    404,
    409,
  )
  import(
    @Body({ schema: importBody }) { path, dryRun: isDryRun, streamerId }: ImportBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 200, projection }, async (metadata) => {
      const { report, position } = await this.commands.execute(
        new ImportLibrary({ path, isDryRun, streamerId }, metadata),
      );
      return { body: report, position };
    });
  }
}
