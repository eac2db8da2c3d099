import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { BROADCAST_POLICIES, type BroadcastPolicies } from '../../broadcast-policies.js';
import { BroadcastStreams, type HandledBroadcast } from '../../broadcast-streams.js';
import { TellBroadcast } from './tell-broadcast.command.js';

@CommandHandler(TellBroadcast)
export class TellBroadcastHandler implements ICommandHandler<TellBroadcast> {
  constructor(
    private readonly streams: BroadcastStreams,
    @Inject(BROADCAST_POLICIES) private readonly policies: BroadcastPolicies,
  ) {}

  async execute({ broadcastId, news, metadata }: TellBroadcast): Promise<HandledBroadcast> {
    const { now: at } = metadata;
    switch (news.type) {
      case 'Describe':
      case 'PassTime':
      case 'Reconsider': {
        const streamerId = (await this.streams.current(broadcastId))?.context.streamerId;
        const policy = streamerId === undefined ? undefined : await this.policies.of(streamerId);
        // A streamer who was removed from the list is not watched.
        const command = policy ? { ...news, at, policy } : ({ type: 'Abandon', at } as const);
        return this.streams.tell(broadcastId, command, metadata);
      }
      default:
        return this.streams.tell(broadcastId, { ...news, at }, metadata);
    }
  }
}
