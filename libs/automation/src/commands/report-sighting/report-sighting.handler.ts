import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { BROADCAST_POLICIES, type BroadcastPolicies } from '../../broadcast-policies.js';
import { BroadcastStreams, type HandledBroadcast } from '../../broadcast-streams.js';
import { ReportSighting } from './report-sighting.command.js';

@CommandHandler(ReportSighting)
export class ReportSightingHandler implements ICommandHandler<ReportSighting> {
  constructor(
    private readonly streams: BroadcastStreams,
    @Inject(BROADCAST_POLICIES) private readonly policies: BroadcastPolicies,
  ) {}

  async execute({ streamerId, sighting, metadata }: ReportSighting): Promise<HandledBroadcast | undefined> {
    const policy = await this.policies.of(streamerId);
    return policy && this.streams.see(streamerId, sighting, policy, metadata);
  }
}
