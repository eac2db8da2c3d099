import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Claims, CommandHandling, IdSequence } from '@streamvault/kernel';
import { videoDecider } from '../../domain/video-decider.js';
import { videoStream } from '../../domain/video-events.js';
import { outputClaim } from '../../video-of-output.js';
import { AddVideo } from './add-video.command.js';

@CommandHandler(AddVideo)
export class AddVideoHandler implements ICommandHandler<AddVideo> {
  constructor(
    private readonly handling: CommandHandling,
    private readonly claims: Claims,
    private readonly ids: IdSequence,
  ) {}

  async execute({ facts, metadata }: AddVideo): Promise<{ videoId: number }> {
    const output = outputClaim(facts.recordingId, facts.outputNumber);
    const videoId = await this.claims.ownerForGood(output, () => this.ids.next('video', metadata), metadata);
    await this.handling.handle({
      stream: videoStream(videoId),
      decider: videoDecider,
      command: { type: 'AddVideo', videoId, facts, at: metadata.now },
      metadata,
    });
    return { videoId };
  }
}
