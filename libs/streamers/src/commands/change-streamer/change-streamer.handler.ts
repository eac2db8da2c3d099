import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requireKnown } from '../../known-proxies.js';
import { PROXY_NAMES, type ProxyNames } from '../../ports.js';
import { StreamerStreams } from '../../streamer-streams.js';
import type { StreamerOutcome } from '../outcome.js';
import { ChangeStreamer } from './change-streamer.command.js';

@CommandHandler(ChangeStreamer)
export class ChangeStreamerHandler implements ICommandHandler<ChangeStreamer> {
  constructor(
    private readonly streams: StreamerStreams,
    @Inject(PROXY_NAMES) private readonly proxyNames: ProxyNames,
  ) {}

  /** @throws StreamerNotFound, UnknownProxy */
  async execute({ streamerId, body, metadata }: ChangeStreamer): Promise<StreamerOutcome> {
    const { name, autoRecord, quality, ads, proxies } = body;
    requireKnown(proxies, this.proxyNames);
    const changes = {
      ...(name !== undefined && { name }),
      ...(autoRecord !== undefined && { autoRecord }),
      ...(quality !== undefined && { quality }),
      ...(ads !== undefined && { ads }),
      ...(proxies !== undefined && { proxies }),
    };
    const { position } = await this.streams.handle(
      { type: 'ChangeStreamer', at: metadata.now, streamerId, changes },
      metadata,
    );
    return { streamerId, position };
  }
}
