import { Controller, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { recordingAnswer, type RecordingAnswer } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import { Answers, CommandDoor, Needs, PublicIdPipe } from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CancelRecording } from '../commands/cancel-recording/cancel-recording.command.js';
import type { Outcome } from '../commands/outcome.js';
import { RetryRecording } from '../commands/retry-recording/retry-recording.command.js';
import { RetryStep } from '../commands/retry-step/retry-step.command.js';
import { SkipStep } from '../commands/skip-step/skip-step.command.js';
import { StartRecording } from '../commands/start-recording/start-recording.command.js';
import { StopRecording } from '../commands/stop-recording/stop-recording.command.js';

@ApiTags('Recording')
@Controller('api')
export class RecordingCommandsController {
  constructor(
    private readonly door: CommandDoor,
    private readonly commands: CommandBus,
  ) {}

  @Post('recording/start/:streamerId')
  @Needs('recordings.control')
  @HttpCode(200)
  @Answers(200, recordingAnswer, 'Starts to record a streamer.', 404, 409)
  start(
    @Param('streamerId', PublicIdPipe) streamerId: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#run(request, reply, (metadata) => this.commands.execute(new StartRecording(streamerId, metadata)));
  }

  @Post('recording/stop/:streamerId')
  @Needs('recordings.control')
  @HttpCode(200)
  @Answers(200, recordingAnswer, "Stops a streamer's recording; finalizing happens afterwards.", 404, 409)
  stop(
    @Param('streamerId', PublicIdPipe) streamerId: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#run(request, reply, (metadata) => this.commands.execute(new StopRecording(streamerId, metadata)));
  }

  @Post('recordings/:id/cancel')
  @Needs('recordings.control')
  @HttpCode(200)
  @Answers(200, recordingAnswer, 'Cancels a recording: no video is made, what was captured is kept.', 404, 409)
  cancel(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#run(request, reply, (metadata) => this.commands.execute(new CancelRecording(id, metadata)));
  }

  @Post('recordings/:id/retry')
  @Needs('recordings.control')
  @HttpCode(200)
  @Answers(200, recordingAnswer, 'Retries a failed recording.', 404, 409)
  retry(
    @Param('id', PublicIdPipe) id: number,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#run(request, reply, (metadata) => this.commands.execute(new RetryRecording(id, metadata)));
  }

  @Post('recordings/:id/steps/:name/retry')
  @Needs('recordings.control')
  @HttpCode(200)
  @Answers(200, recordingAnswer, 'Retries a failed post-processing step.', 404, 409)
  retryStep(
    @Param('id', PublicIdPipe) id: number,
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#run(request, reply, (metadata) => this.commands.execute(new RetryStep(id, name, metadata)));
  }

  @Post('recordings/:id/steps/:name/skip')
  @Needs('recordings.control')
  @HttpCode(200)
  @Answers(200, recordingAnswer, 'Skips a post-processing step; what depends on it goes on.', 404, 409)
  skipStep(
    @Param('id', PublicIdPipe) id: number,
    @Param('name') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.#run(request, reply, (metadata) => this.commands.execute(new SkipStep(id, name, metadata)));
  }

  #run(
    request: FastifyRequest,
    reply: FastifyReply,
    execute: (metadata: CommandMetadata) => Promise<Outcome<RecordingAnswer>>,
  ): Promise<void> {
    return this.door.run(request, reply, { status: 200 }, async (metadata) => {
      const { answer, position } = await execute(metadata);
      return { body: answer, position };
    });
  }
}
