import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  diffQuery,
  stateQuery,
  type StreamDiff,
  streamDiff,
  type StreamState,
  streamState,
} from '@streamvault/api-contract';
import type { z } from 'zod';
import { Answers } from '../http/documentation.js';
import { StreamHistory } from './stream-history.js';

@ApiTags('Audit')
@Controller('api/audit')
export class AuditController {
  constructor(private readonly history: StreamHistory) {}

  @Get('streams/:stream/state')
  @Answers(200, streamState, 'A stream folded up to a revision or an instant, by the code that runs live.', 400, 404)
  state(
    @Param('stream') stream: string,
    @Query({ schema: stateQuery }) { at }: z.infer<typeof stateQuery>,
  ): Promise<StreamState> {
    return this.history.stateAt(stream, at);
  }

  @Get('streams/:stream/diff')
  @Answers(200, streamDiff, 'What changed in a stream between two points.', 400, 404)
  diff(
    @Param('stream') stream: string,
    @Query({ schema: diffQuery }) { from, to }: z.infer<typeof diffQuery>,
  ): Promise<StreamDiff> {
    return this.history.diff(stream, from, to);
  }
}
