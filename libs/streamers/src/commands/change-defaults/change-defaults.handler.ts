import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import type { Position } from '@streamvault/event-store';
import { requireKnown } from '../../known-proxies.js';
import { PROXY_NAMES, type ProxyNames } from '../../ports.js';
import { StreamerStreams } from '../../streamer-streams.js';
import { ChangeStreamerDefaults } from './change-defaults.command.js';

@CommandHandler(ChangeStreamerDefaults)
export class ChangeStreamerDefaultsHandler implements ICommandHandler<ChangeStreamerDefaults> {
  constructor(
    private readonly streams: StreamerStreams,
    @Inject(PROXY_NAMES) private readonly proxies: ProxyNames,
  ) {}

  /** @throws UnknownProxy */
  async execute({ changes, metadata }: ChangeStreamerDefaults): Promise<{ readonly position: Position | undefined }> {
    requirePermission(metadata, 'settings.change');
    requireKnown(changes.proxies, this.proxies);
    const { position } = await this.streams.changeDefaults({ at: metadata.now, changes }, metadata);
    return { position };
  }
}
