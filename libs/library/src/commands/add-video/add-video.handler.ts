import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Claims, CommandHandling, IdSequence } from '@streamvault/kernel';
import { videoDecider } from '../../domain/video-decider.js';
import { videoStream } from '../../domain/video-events.js';
import { AddVideo } from './add-video.command.js';

@CommandHandler(AddVideo)
export class AddVideoHandler implements ICommandHandler<AddVideo> {
  constructor(
    private readonly handling: CommandHandling,
    private readonly claims: Claims,
    private readonly ids: IdSequence,
  ) {}

  async execute({ facts, metadata }: AddVideo): Promise<{ videoId: number }> {
    const output = { category: 'videoof', key: `${facts.recordingId}.${facts.outputNumber}` };
    // The number an output once got stays its own: an attempt that was cut off before the video was added goes on with it.
    const holder = await this.claims.owner(output.category, output.key);
    const wanted = holder?.owner ?? (await this.ids.next('video', metadata));
    const answer = await this.claims.claim({ ...output, owner: wanted, metadata, isHeld: () => Promise.resolve(true) });
    const videoId = answer.granted ? wanted : answer.owner;
    await this.handling.handle({
      stream: videoStream(videoId),
      decider: videoDecider,
      command: { type: 'AddVideo', videoId, facts, at: metadata.now },
      metadata,
    });
    return { videoId };
  }
}
