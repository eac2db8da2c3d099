import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { deterministicId, type Reaction, type ReadEvent } from '@streamvault/kernel';
import { type RecordingEvent, recordingCategory, RecordingStreams } from '@streamvault/recording';
import { BroadcastStreams } from '../broadcast-streams.js';
import { causedBy } from '../caused-by.js';
import { ReportSighting } from '../commands/report-sighting/report-sighting.command.js';
import { type BroadcastNews, TellBroadcast } from '../commands/tell-broadcast/tell-broadcast.command.js';
import { barely, type Liveness } from '../domain/sighting.js';
import { StartRetries } from '../watch/start-retries.js';

/**
 * Media that a recording receives proves that a streamer is live, better than any notice. What a person does with a
 * recording applies until its broadcast ends.
 */
@Injectable()
export class TellBroadcastWhatItsRecordingDoes implements Reaction {
  readonly name = 'tell-broadcast-what-its-recording-does';
  readonly role = 'scheduler';
  readonly from = 'end';
  readonly filter = {
    types: [
      'RecordingRequested',
      'CaptureStarted',
      'CaptureInterrupted',
      'CaptureResumed',
      'SourceEnded',
      'StopRequested',
      'RecordingFailed',
      'RecordingCancelled',
    ],
  };

  constructor(
    private readonly commands: CommandBus,
    private readonly broadcasts: BroadcastStreams,
    private readonly recordings: RecordingStreams,
    private readonly retries: StartRetries,
  ) {}

  async handle(event: ReadEvent): Promise<void> {
    if (!event.stream.startsWith(`${recordingCategory}-`)) return;
    const recordingId = Number(event.stream.slice(recordingCategory.length + 1));
    const context = (await this.recordings.current(recordingId))?.context;
    if (!context) return;
    await this.#apply(event as ReadEvent & RecordingEvent, recordingId, context);
  }

  async #apply(
    event: ReadEvent & RecordingEvent,
    recordingId: number,
    {
      streamerId,
      trigger,
    }: { readonly streamerId: number; readonly trigger: { readonly kind: string; readonly by: string } },
  ): Promise<void> {
    const isByPerson = trigger.kind === 'user';
    const sees = (word: Liveness, at: string) => this.#see(event, streamerId, word, at);
    const tells = (news: BroadcastNews) => this.#tell(event, streamerId, news);
    // The recording first: a broadcast that is wanted and has none would be given another one.
    const begins = async () => {
      await tells({ type: 'NoteRecording', recordingId });
      if (isByPerson) await tells({ type: 'Override', by: trigger.by, wish: 'record' });
    };
    switch (event.type) {
      case 'RecordingRequested':
        await begins();
        return;
      case 'CaptureStarted':
        this.retries.forget(streamerId);
        await sees('live', event.data.at);
        // The broadcast may have started by that.
        await begins();
        return;
      case 'CaptureResumed':
        await sees('live', event.data.at);
        return;
      case 'CaptureInterrupted':
        // The end of a list is an answer; silence is not.
        await sees(event.data.cause.code === 'source.ended' ? 'offline' : 'unknown', event.data.at);
        return;
      case 'SourceEnded':
        await sees(event.data.reason === 'endlist' ? 'offline' : 'unknown', event.data.at);
        return;
      case 'StopRequested':
        if (event.data.cause === null) await tells({ type: 'Override', by: event.data.by, wish: 'stop' });
        await sees('unknown', event.data.at);
        return;
      case 'RecordingCancelled':
        if (event.data.by !== 'recorder') await tells({ type: 'Override', by: event.data.by, wish: 'stop' });
        await sees('unknown', event.data.at);
        return;
      case 'RecordingFailed':
        await sees('unknown', event.data.at);
        await this.#tryAgain(event, streamerId, recordingId);
        return;
      default:
        return;
    }
  }

  /**
   * Twitch notifies that a streamer is live before there is a playlist: a recording that failed for that reason is
   * retried while the broadcast lasts.
   */
  async #tryAgain(event: ReadEvent, streamerId: number, recordingId: number): Promise<void> {
    const open = await this.broadcasts.open(streamerId);
    const { recordingId: first, laterRecordingIds = [] } = open?.context ?? {};
    if (!open || (first !== recordingId && !laterRecordingIds.includes(recordingId))) return;
    this.retries.plan(streamerId, open.context.broadcastId, event.id);
  }

  async #see(event: ReadEvent, streamerId: number, word: Liveness, at: string): Promise<void> {
    const metadata = causedBy(event, `${this.name} ${word}`);
    await this.commands.execute(new ReportSighting(streamerId, barely('playlist', word, at), metadata));
  }

  async #tell(event: ReadEvent, streamerId: number, news: BroadcastNews): Promise<void> {
    const open = await this.broadcasts.open(streamerId);
    if (!open) return;
    const { broadcastId } = open.context;
    const metadata = causedBy(event, deterministicId(this.name, JSON.stringify(news)));
    await this.commands.execute(new TellBroadcast(broadcastId, news, metadata));
  }
}
