import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Reaction, ReadEvent } from '@streamvault/kernel';
import { BroadcastStreams } from '../broadcast-streams.js';
import { causedBy } from '../caused-by.js';
import { ReportSighting } from '../commands/report-sighting/report-sighting.command.js';
import { type BroadcastNews, TellBroadcast } from '../commands/tell-broadcast/tell-broadcast.command.js';
import { barely } from '../domain/sighting.js';
import { type EventSubNotice, noticeCategory } from '../eventsub/notice-events.js';
import { TwitchChannels } from '../watch/twitch-channels.js';
import { TwitchWatch } from '../watch/twitch-watch.js';

/** How long after an end a raid still explains it. */
const raidMilliseconds = 1_800_000;

/** Brings a stored notice of Twitch to its broadcast. */
@Injectable()
export class ReportWhatTwitchNotices implements Reaction {
  readonly name = 'report-what-twitch-notices';
  readonly role = 'scheduler';
  readonly from = 'end';
  readonly filter = { categories: [noticeCategory] };

  constructor(
    private readonly commands: CommandBus,
    private readonly channels: TwitchChannels,
    private readonly broadcasts: BroadcastStreams,
    private readonly watch: TwitchWatch,
  ) {}

  async handle(event: ReadEvent): Promise<void> {
    const notice = event.data as unknown as EventSubNotice;
    for (const streamerId of await this.channels.streamersOf(notice.broadcasterId))
      await this.#tell(event, streamerId, notice);
  }

  async #tell(event: ReadEvent, streamerId: number, notice: EventSubNotice): Promise<void> {
    // A Date has no nanoseconds, and its text is compared.
    const at = new Date(notice.sentAt).toISOString();
    const metadata = causedBy(event, `${this.name} ${streamerId}`);
    switch (notice.type) {
      case 'stream.online': {
        const { streamId: platformId, startedAt, kind } = notice;
        const sighting = { ...barely('eventsub', 'live', at), platformId, startedAt, kind: kind ?? 'live' };
        await this.commands.execute(new ReportSighting(streamerId, sighting, metadata));
        this.watch.describeSoon(notice.broadcasterId);
        return;
      }
      case 'stream.offline':
        await this.commands.execute(new ReportSighting(streamerId, barely('eventsub', 'offline', at), metadata));
        return;
      case 'channel.update': {
        const details = { title: notice.title, category: notice.category || null, tags: null };
        await this.#news(event, streamerId, { type: 'Describe', witness: 'eventsub', changedAt: at, details });
        return;
      }
      case 'channel.raid':
        if (notice.raid) await this.#news(event, streamerId, { type: 'NoteRaid', raidedAt: at, ...notice.raid });
        return;
      default:
        return;
    }
  }

  async #news(event: ReadEvent, streamerId: number, news: BroadcastNews): Promise<void> {
    // A raid comes just before the end, or just after it.
    const latest = await this.broadcasts.latest(streamerId);
    if (!latest) return;
    const { endedAt } = latest.context;
    if (endedAt !== null && Date.now() - Date.parse(endedAt) > raidMilliseconds) return;
    const metadata = causedBy(event, `${this.name} ${streamerId}`);
    await this.commands.execute(new TellBroadcast(latest.context.broadcastId, news, metadata));
  }
}
