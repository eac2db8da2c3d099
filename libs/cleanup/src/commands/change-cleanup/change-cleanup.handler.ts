import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import { CleanupStreams } from '../../cleanup-streams.js';
import { ChangeCleanup } from './change-cleanup.command.js';

@CommandHandler(ChangeCleanup)
export class ChangeCleanupHandler implements ICommandHandler<ChangeCleanup> {
  constructor(private readonly streams: CleanupStreams) {}

  async execute({ settings, metadata }: ChangeCleanup): Promise<void> {
    requirePermission(metadata, 'cleanup.change');
    return this.streams.change(settings, metadata);
  }
}
