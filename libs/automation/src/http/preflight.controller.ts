import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { preflightAnswer, type PreflightAnswer } from '@streamvault/api-contract';
import { Answers, Needs } from '@streamvault/http-kit';
import { PreflightLog } from '../preflight/preflight-log.js';

@ApiTags('Pre-flight')
@Controller('api/preflight')
export class PreflightController {
  constructor(private readonly log: PreflightLog) {}

  @Get()
  @Needs('preflight.view')
  @Answers(200, preflightAnswer, 'What the next recordings need, and what is missing, as of the last check.')
  async latest(): Promise<PreflightAnswer> {
    return { report: (await this.log.latest()) ?? null };
  }
}
