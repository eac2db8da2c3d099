import { Inject, Injectable } from '@nestjs/common';
import {
  type CommandMetadata,
  deterministicId,
  INSTALLATION,
  type Installation,
  type ReadEvent,
  type Reaction,
} from '@streamvault/kernel';
import { VideoNotFound, VideoStreams } from '@streamvault/library';
import { recordingCategory, RecordingStreams } from '@streamvault/recording';
import { StreamerStreams } from '@streamvault/streamers';
import { videoCategory } from '@streamvault/library/events';
import { DeliveryStreams } from '../delivery-streams.js';
import type { Delivery } from '../domain/delivery-decider.js';
import { expiryOf, type Notice } from '../domain/notice.js';
import { beginningOf, noticeOfBroadcast, noticeOfRecording, noticeOfVideo } from '../domain/notice-of-event.js';
import { isExpired } from '../domain/retry.js';
import { liveAndRecorded, settlesAt } from '../domain/settling.js';
import { type Target, wants } from '../domain/target-decider.js';
import { OpenDeliveryRows } from '../sending/open-deliveries.js';
import { isWantedAbout } from '../sending/wanted-about.js';
import { TargetStreams } from '../target-streams.js';

const broadcastCategory = 'broadcast';

/**
 * Queues a notice for each target that wants one. Its id is derived from the event and the target, so handling an event
 * again queues nothing twice. Old news, for example after a restore, is not queued at all.
 */
@Injectable()
export class QueueNoticesWhenSomethingHappens implements Reaction {
  readonly name = 'queue-notices-when-something-happens';
  readonly role = 'scheduler';
  readonly filter = { categories: [recordingCategory, videoCategory, broadcastCategory] };
  readonly from = 'end';
  /** Queued by this process and waiting for related events. */
  readonly #settling = new Map<string, Delivery>();

  constructor(
    private readonly recordings: RecordingStreams,
    private readonly videos: VideoStreams,
    private readonly streamers: StreamerStreams,
    private readonly targets: TargetStreams,
    private readonly deliveries: DeliveryStreams,
    private readonly open: OpenDeliveryRows,
    @Inject(INSTALLATION) private readonly installation: Pick<Installation, 'publicUrl'>,
  ) {}

  async handle(event: ReadEvent): Promise<void> {
    const targets = [...(await this.targets.all()).values()].filter(({ enabled }) => enabled);
    if (targets.length === 0) return;
    if (event.type === 'CaptureResumed') return this.#isOver(event, targets);
    const notice = await this.#noticeOf(event);
    if (!notice || !(await isWantedAbout(notice, this.streamers))) return;
    const expiresAt = expiryOf(notice);
    const now = new Date().toISOString();
    if (isExpired(expiresAt, now)) return;
    for (const target of targets.filter((each) => wants(each, notice))) {
      const { targetId } = target;
      const noticeId = deterministicId(event.id, 'notice', targetId);
      if (await this.#isMerged(event, targetId, notice, now)) continue;
      const until = settlesAt(notice, now, await this.#isRecordedToo(target, notice));
      const handled = await this.deliveries.handle(
        noticeId,
        {
          type: 'QueueNotice',
          noticeId,
          targetId,
          notice,
          sourceEventId: event.id,
          expiresAt,
          settlesAt: until,
          at: now,
        },
        this.#metadata(event, noticeId, now),
      );
      if (until !== null && handled.state) this.#settling.set(noticeId, handled.state);
    }
  }

  /** The notice about a broadcast's start also reports its recording, if it was not sent yet. */
  async #isMerged(event: ReadEvent, targetId: number, notice: Notice, now: string): Promise<boolean> {
    if (notice.kind !== 'recording.started') return false;
    const live = (await this.#settlingOf(targetId)).find(
      (each) => each.notice.kind === 'streamer.live' && each.notice.streamerId === notice.streamerId,
    );
    if (!live) return false;
    this.#settling.delete(live.noticeId);
    const { events } = await this.deliveries.handle(
      live.noticeId,
      { type: 'Merge', notice: liveAndRecorded(live.notice, notice), mergedEventId: event.id, at: now },
      this.#metadata(event, deterministicId(event.id, 'merge', targetId), now),
    );
    return events.length > 0;
  }

  /** An interruption that is over before it was reported is not news. */
  async #isOver(event: ReadEvent, targets: readonly Target[]): Promise<void> {
    const recordingId = Number(event.stream.slice(event.stream.indexOf('-') + 1));
    const now = new Date().toISOString();
    const cause = { code: 'notification.superseded', message: 'The recording continued before it was reported.' };
    for (const { targetId } of targets)
      for (const { noticeId, notice } of await this.#settlingOf(targetId)) {
        if (notice.kind !== 'recording.interrupted' || notice.recordingId !== recordingId) continue;
        this.#settling.delete(noticeId);
        await this.deliveries.handle(
          noticeId,
          { type: 'GiveUp', attempt: 0, reason: 'superseded', cause, at: now },
          this.#metadata(event, deterministicId(event.id, 'over', noticeId), now),
        );
      }
  }

  /** From the read model, which may lag, and from what this process queued itself. */
  async #settlingOf(targetId: number): Promise<Delivery[]> {
    const now = new Date().toISOString();
    for (const [id, { dueAt }] of this.#settling) if (dueAt === null || dueAt < now) this.#settling.delete(id);
    const known = new Map((await this.open.all(targetId)).map((each) => [each.noticeId, each]));
    for (const [id, each] of this.#settling) if (each.targetId === targetId) known.set(id, each);
    return [...known.values()].filter(({ heldBecause }) => heldBecause === 'settling');
  }

  async #isRecordedToo(target: Target, { kind, streamerId }: Notice): Promise<boolean> {
    if (kind !== 'streamer.live' || streamerId === null || !wants(target, { kind: 'recording.started', streamerId }))
      return false;
    const streamer = await this.streamers.find(streamerId);
    return streamer?.autoRecord === true && streamer.notices?.includes('recording.started') !== false;
  }

  #metadata(event: ReadEvent, commandId: string, now: string): CommandMetadata {
    return {
      commandId,
      correlationId: event.metadata.$correlationId,
      causationId: event.id,
      actor: 'notifications',
      now,
    };
  }

  async #noticeOf(event: ReadEvent): Promise<Notice | undefined> {
    const [category] = event.stream.split('-', 1);
    const id = Number(event.stream.slice(event.stream.indexOf('-') + 1));
    switch (category) {
      case recordingCategory:
        return this.#ofRecording(event, id);
      case videoCategory:
        return this.#ofVideo(event, id);
      default:
        return this.#ofBroadcast(event);
    }
  }

  async #ofRecording(event: ReadEvent, recordingId: number): Promise<Notice | undefined> {
    const recording = (await this.recordings.current(recordingId))?.context;
    if (!recording) return undefined;
    const { streamerId, streamerName, title } = recording;
    const draft = noticeOfRecording(event, { streamerId, streamerName, title });
    const link = this.#link(`recordings/${recordingId}`);
    return draft && { ...draft, streamerId, streamerName, show: title, recordingId, videoId: null, link };
  }

  async #ofVideo(event: ReadEvent, videoId: number): Promise<Notice | undefined> {
    try {
      const { streamerId, streamerName, title, recordingId } = (await this.videos.find(videoId)).state;
      const draft = noticeOfVideo(event, { streamerId, streamerName, title });
      const link = this.#link(event.type === 'VideoPurged' ? 'storage/bin' : `videos/${videoId}`);
      return draft && { ...draft, streamerId, streamerName, show: title, recordingId, videoId, link };
    } catch (error) {
      // An old log may lack earlier events: then there is nothing to say.
      if (error instanceof VideoNotFound) return undefined;
      throw error;
    }
  }

  async #ofBroadcast(event: ReadEvent): Promise<Notice | undefined> {
    const begun = beginningOf(event);
    if (!begun) return undefined;
    const { streamerId } = begun;
    const streamer = await this.streamers.find(streamerId);
    const streamerName = streamer?.name ?? `Streamer ${streamerId}`;
    const draft = noticeOfBroadcast(begun, streamerName);
    const link = this.#link(`streamers/${streamerId}`);
    return { ...draft, streamerId, streamerName, show: begun.title, recordingId: null, videoId: null, link };
  }

  #link(path: string): string | null {
    const { publicUrl } = this.installation;
    return publicUrl === undefined ? null : `${publicUrl.replace(/\/+$/, '')}/${path}`;
  }
}
