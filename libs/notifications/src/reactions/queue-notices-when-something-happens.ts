import { Inject, Injectable } from '@nestjs/common';
import { deterministicId, INSTALLATION, type Installation, type ReadEvent, type Reaction } from '@streamvault/kernel';
import { VideoNotFound, VideoStreams } from '@streamvault/library';
import { recordingCategory, RecordingStreams } from '@streamvault/recording';
import { StreamerStreams } from '@streamvault/streamers';
import { videoCategory } from '@streamvault/library/events';
import { DeliveryStreams } from '../delivery-streams.js';
import { expiryOf, type Notice } from '../domain/notice.js';
import { beginningOf, noticeOfBroadcast, noticeOfRecording, noticeOfVideo } from '../domain/notice-of-event.js';
import { isExpired } from '../domain/retry.js';
import { wants } from '../domain/target-decider.js';
import { TargetStreams } from '../target-streams.js';

const broadcastCategory = 'broadcast';

/**
 * Puts a notice into the outbox for each target that wants one. Its id follows from the event and the target, so handling an event
 * again queues nothing twice. What was news long ago, after a restore for one, is not queued at all.
 */
@Injectable()
export class QueueNoticesWhenSomethingHappens implements Reaction {
  readonly name = 'queue-notices-when-something-happens';
  readonly role = 'scheduler';
  readonly filter = { categories: [recordingCategory, videoCategory, broadcastCategory] };
  readonly from = 'end';

  constructor(
    private readonly recordings: RecordingStreams,
    private readonly videos: VideoStreams,
    private readonly streamers: StreamerStreams,
    private readonly targets: TargetStreams,
    private readonly deliveries: DeliveryStreams,
    @Inject(INSTALLATION) private readonly installation: Pick<Installation, 'publicUrl'>,
  ) {}

  async handle(event: ReadEvent): Promise<void> {
    const targets = [...(await this.targets.all()).values()].filter(({ enabled }) => enabled);
    if (targets.length === 0) return;
    const notice = await this.#noticeOf(event);
    if (!notice) return;
    const expiresAt = expiryOf(notice);
    const now = new Date().toISOString();
    if (isExpired(expiresAt, now)) return;
    for (const target of targets.filter((each) => wants(each, notice))) {
      const { targetId } = target;
      const noticeId = deterministicId(event.id, 'notice', targetId);
      await this.deliveries.handle(
        noticeId,
        { type: 'QueueNotice', noticeId, targetId, notice, sourceEventId: event.id, expiresAt, at: now },
        {
          commandId: noticeId,
          correlationId: event.metadata.$correlationId,
          causationId: event.id,
          actor: 'notifications',
          now,
        },
      );
    }
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
    return draft && { ...draft, streamerId, recordingId, videoId: null, link: this.#link(`recordings/${recordingId}`) };
  }

  async #ofVideo(event: ReadEvent, videoId: number): Promise<Notice | undefined> {
    try {
      const { streamerId, streamerName, title, recordingId } = (await this.videos.find(videoId)).state;
      const draft = noticeOfVideo(event, { streamerId, streamerName, title });
      const link = this.#link(event.type === 'VideoPurged' ? 'storage/bin' : `videos/${videoId}`);
      return draft && { ...draft, streamerId, recordingId, videoId, link };
    } catch (error) {
      // A log of an older day may lack what came before: then there is nothing to say.
      if (error instanceof VideoNotFound) return undefined;
      throw error;
    }
  }

  async #ofBroadcast(event: ReadEvent): Promise<Notice | undefined> {
    const begun = beginningOf(event);
    if (!begun) return undefined;
    const { streamerId } = begun;
    const streamer = await this.streamers.find(streamerId);
    const draft = noticeOfBroadcast(begun, streamer?.name ?? `Streamer ${streamerId}`);
    const link = this.#link(`streamers/${streamerId}`);
    return { ...draft, streamerId, recordingId: null, videoId: null, link };
  }

  #link(path: string): string | null {
    const { publicUrl } = this.installation;
    return publicUrl === undefined ? null : `${publicUrl.replace(/\/+$/, '')}/${path}`;
  }
}
