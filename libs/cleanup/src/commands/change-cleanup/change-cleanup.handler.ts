import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CleanupStreams } from '../../cleanup-streams.js';
import { ChangeCleanup } from './change-cleanup.command.js';

@CommandHandler(ChangeCleanup)
export class ChangeCleanupHandler implements ICommandHandler<ChangeCleanup> {
  constructor(private readonly streams: CleanupStreams) {}

  execute({ settings, metadata }: ChangeCleanup): Promise<void> {
    return this.streams.change(settings, metadata);
  }
}
