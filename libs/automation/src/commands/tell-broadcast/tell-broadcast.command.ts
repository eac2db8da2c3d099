import { Command } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import type { HandledBroadcast } from '../../broadcast-streams.js';
import type { BroadcastCommand } from '../../domain/broadcast-commands.js';

type NewsCommand = Exclude<BroadcastCommand, { type: 'Start' | 'Report' }>;
/** Without what the handler adds: the time, and the present settings. */
type Bare<Each> = Each extends NewsCommand ? Omit<Each, 'at' | 'policy'> : never;
export type BroadcastNews = Bare<NewsCommand>;

/** Reports to a broadcast what happened around it. Never refused: the reporter cannot know what happened meanwhile. */
export class TellBroadcast extends Command<HandledBroadcast> {
  constructor(
    readonly broadcastId: number,
    readonly news: BroadcastNews,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}
