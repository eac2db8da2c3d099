import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
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
} from '@streamvault/api-contract';
import { Answers, CommandDoor, Needs } from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ImportBoard } from '../import/import-board.js';
import { ImportLibrary } from '../commands/import-library/import-library.command.js';
import { videoLibraryProjection } from '../read-models/video-library.projection.js';
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
  ) {}

  @Get('consistency')
  @Needs('videos.import')
  @Answers(200, consistencyReport, 'Compares the library with the files on the disk, and changes nothing.')
  consistency(): Promise<ConsistencyReport> {
    return this.check.run();
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
