import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import {
  changeJobBody,
  type ChangeJobBody,
  job,
  type JobDescription,
  jobList,
  type JobRunDescription,
  jobRuns,
  jobRunsQuery,
} from '@streamvault/api-contract';
import { Answers, CommandDoor, Needs } from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { ChangeJob } from '../commands/change-job/change-job.command.js';
import { RequestJobRun } from '../commands/request-job-run/request-job-run.command.js';
import { GetJob, ListJobRuns, ListJobs } from '../queries/job-queries.js';

@ApiTags('Jobs')
@Controller('api/jobs')
export class JobsController {
  constructor(
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
  ) {}

  @Get()
  @Needs('jobs.view', { lists: 'nothing' })
  @Answers(200, jobList, 'All periodic jobs: schedule, what runs, the last run and the next.')
  async list(): Promise<{ items: JobDescription[] }> {
    return { items: await this.queries.execute(new ListJobs()) };
  }

  @Get(':name')
  @Needs('jobs.view', { lists: 'nothing' })
  @Answers(200, job, 'One job.', 404)
  get(@Param('name') name: string): Promise<JobDescription> {
    return this.queries.execute(new GetJob(name));
  }

  @Get(':name/runs')
  @Needs('jobs.view', { lists: 'nothing' })
  @Answers(200, jobRuns, 'What the job did, newest run first.', 400, 404)
  async runs(
    @Param('name') name: string,
    @Query({ schema: jobRunsQuery }) { limit }: z.infer<typeof jobRunsQuery>,
  ): Promise<{ items: JobRunDescription[] }> {
    return { items: await this.queries.execute(new ListJobRuns(name, limit)) };
  }

  @Post(':name/run')
  @Needs('jobs.control')
  @HttpCode(202)
  @Answers(202, job, 'Runs the job now, even if it is paused.', 404, 409)
  run(@Param('name') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.door.run(request, reply, { status: 202 }, async (metadata) => {
      await this.commands.execute(new RequestJobRun(name, metadata));
      return { body: await this.queries.execute(new GetJob(name)), position: undefined };
    });
  }

  @Patch(':name')
  @Needs('jobs.control')
  @Answers(200, job, 'Pauses or resumes the job, or sets its schedule.', 400, 404)
  change(
    @Param('name') name: string,
    @Body({ schema: changeJobBody }) body: ChangeJobBody,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 200 }, async (metadata) => {
      await this.commands.execute(new ChangeJob(name, body, metadata));
      return { body: await this.queries.execute(new GetJob(name)), position: undefined };
    });
  }
}
