import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { StreamerStreams } from '../../streamer-streams.js';
import type { StreamerOutcome } from '../outcome.js';
import { ChangeStreamer } from './change-streamer.command.js';

@CommandHandler(ChangeStreamer)
export class ChangeStreamerHandler implements ICommandHandler<ChangeStreamer> {
  constructor(private readonly streams: StreamerStreams) {}

  /** @throws StreamerNotFound */
  async execute({ streamerId, body, metadata }: ChangeStreamer): Promise<StreamerOutcome> {
    const { name, autoRecord, quality, ads } = body;
    const changes = {
      ...(name !== undefined && { name }),
      ...(autoRecord !== undefined && { autoRecord }),
      ...(quality !== undefined && { quality }),
      ...(ads !== undefined && { ads }),
    };
    const { position } = await this.streams.handle(
      { type: 'ChangeStreamer', at: metadata.now, streamerId, changes },
      metadata,
    );
    return { streamerId, position };
  }
}
