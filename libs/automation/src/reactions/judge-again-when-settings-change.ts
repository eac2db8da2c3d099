import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Reaction, ReadEvent } from '@streamvault/kernel';
import { BroadcastStreams } from '../broadcast-streams.js';
import { causedBy } from '../caused-by.js';
import { TellBroadcast } from '../commands/tell-broadcast/tell-broadcast.command.js';
import { OpenBroadcasts } from '../read-models/open-broadcasts.js';

/** Judges current broadcasts by the new settings and rules. */
@Injectable()
export class JudgeAgainWhenSettingsChange implements Reaction {
  readonly name = 'judge-again-when-settings-change';
  readonly role = 'scheduler';
  readonly from = 'end';
  readonly filter = {
    types: ['StreamerChanged', 'StreamerRemoved', 'StreamerDefaultsChanged', 'RulesChanged'],
  };

  constructor(
    private readonly commands: CommandBus,
    private readonly broadcasts: BroadcastStreams,
    private readonly open: OpenBroadcasts,
  ) {}

  async handle(event: ReadEvent): Promise<void> {
    // `streamer-7`, `rules-7`; what applies to all has the number 0.
    const streamerId = Number(event.stream.slice(event.stream.indexOf('-') + 1));
    const one = streamerId > 0 ? await this.broadcasts.open(streamerId) : undefined;
    const ids = streamerId > 0 ? (one ? [one.context.broadcastId] : []) : await this.open.ids();
    for (const id of ids) {
      const metadata = causedBy(event, `${this.name} ${id}`);
      await this.commands.execute(new TellBroadcast(id, { type: 'Reconsider' }, metadata));
    }
  }
}
