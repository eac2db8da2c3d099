import type { LoggedEvent, Recording, RecordingProgress, Streamer, Video } from '@streamvault/api-contract';
import { aRecording, aVideo } from './fixtures.ts';
import { segmentSeconds } from './fake-media.ts';

const segmentBytes = 1_450_000;
export const at = (offsetSeconds: number): string => new Date(Date.now() + offsetSeconds * 1000).toISOString();

/** What a server would know, in memory and moving: enough of a life to look at the console with. */
export class FakeWorld {
  readonly streamers = new Map<number, Streamer>();
  readonly recordings = new Map<number, Recording>();
  readonly videos = new Map<number, Video>();
  readonly log: LoggedEvent[] = [];
  readonly listeners = new Set<(event: LoggedEvent) => void>();
  readonly lastBytes = new Map<number, number>();
  readonly #stalled = new Set<number>();
  #nextId = 100;

  nextId(): number {
    this.#nextId += 1;
    return this.#nextId;
  }

  append(
    stream: string,
    type: string,
    data: Record<string, unknown> = {},
    actor = 'recorder',
    recordedAt = at(0),
  ): void {
    const before = this.log.findLast((event) => event.stream === stream);
    const isRequest = actor === 'api' || before === undefined;
    const correlationId = isRequest ? crypto.randomUUID() : before.metadata['$correlationId'];
    const revision = String(this.log.filter((event) => event.stream === stream).length);
    const event: LoggedEvent = {
      id: crypto.randomUUID(),
      stream,
      revision,
      position: String(this.log.length + 1),
      type,
      version: 1,
      recordedAt,
      data: {
        at: recordedAt,
        ...data,
      },
      metadata: {
        actor,
        $correlationId: correlationId,
        $causationId: isRequest ? correlationId : before.id,
      },
    };
    this.log.push(event);
    for (const listener of this.listeners) listener(event);
  }

  change(id: number, change: Partial<Recording>): Recording {
    const before = this.recordings.get(id);
    if (!before) throw new Error(`There is no recording ${id}.`);
    const after = { ...before, ...change };
    this.recordings.set(id, after);
    return after;
  }

  start(streamer: Streamer): Recording {
    const id = this.nextId();
    const recording = aRecording({
      id,
      streamerId: streamer.id,
      streamerName: streamer.name,
      state: 'requested',
      requestedAt: at(0),
      startedAt: null,
      bytes: 0,
      durationSeconds: 0,
      capturedRatio: null,
      parts: [],
      playable: false,
      deadline: at(30),
    });
    this.recordings.set(id, recording);
    this.streamers.set(streamer.id, { ...streamer, activeRecordingId: id });
    const stream = `recording-${id}`;
    const source = { url: streamer.url, platform: streamer.platform };
    this.append(
      stream,
      'RecordingRequested',
      { streamerName: streamer.name, source, quality: streamer.quality },
      'api',
    );
    setTimeout(() => {
      this.change(id, { state: 'starting' });
      this.append(stream, 'CaptureStarting', { deadline: at(60) });
    }, 700);
    setTimeout(() => {
      const part = {
        number: 1,
        bytes: 0,
        durationSeconds: 0,
        openedAt: at(0),
        closedAt: null,
        reason: 'start',
      } as const;
      this.change(id, {
        state: 'capturing',
        startedAt: at(0),
        capturedRatio: 1,
        deadline: null,
        parts: [
          {
            ...part,
            container: 'ts',
          },
        ],
      });
      const variant = { name: '720p', width: 1280, height: 720, codecs: 'avc1.64001f,mp4a.40.2', bandwidth: 5_800_000 };
      this.append(stream, 'SourceOpened', { variant, targetDurationSeconds: segmentSeconds });
      this.append(stream, 'PartOpened', { number: 1, container: 'ts', reason: 'start' });
      this.append(stream, 'CaptureStarted');
    }, 1800);
    return recording;
  }

  /** One more segment for every recording that is capturing. */
  grow(): void {
    for (const recording of this.recordings.values()) {
      if (recording.state !== 'capturing' || this.#stalled.has(recording.id)) continue;
      const bytes = Math.round(segmentBytes * (0.8 + 0.4 * Math.random()));
      this.lastBytes.set(recording.id, Date.now());
      this.change(recording.id, {
        bytes: recording.bytes + bytes,
        durationSeconds: recording.durationSeconds + segmentSeconds,
        playable: true,
        parts: recording.parts.map((part) =>
          part.closedAt === null
            ? {
                ...part,
                bytes: part.bytes + bytes,
                durationSeconds: part.durationSeconds + segmentSeconds,
              }
            : part,
        ),
      });
    }
  }

  progress(): RecordingProgress[] {
    return [...this.recordings.values()]
      .filter(({ state }) => state === 'capturing' || state === 'reconnecting')
      .map(({ id, bytes, durationSeconds, state, gapSeconds, capturedRatio, stalls }) => {
        const stalledSince = stalls.find(({ to }) => to === null)?.from ?? null;
        const last = this.lastBytes.get(id) ?? null;
        return {
          recordingId: id,
          bytes,
          durationSeconds,
          segments: Math.round(durationSeconds / segmentSeconds),
          bytesPerSecond:
            state === 'capturing' && stalledSince === null ? 72e4 + Math.sin(Date.now() / 4e3 + id) * 14e4 : 0,
          lastByteAt: last === null ? null : new Date(last).toISOString(),
          lastByteAgeSeconds: last === null ? null : (Date.now() - last) / 1e3,
          capturedRatio,
          gapSeconds,
          adSeconds: 0,
          stallSeconds: stalledSince === null ? 0 : (Date.now() - Date.parse(stalledSince)) / 1000,
          retries: 3,
          reResolves: 0,
          advertisingSince: null,
          stalledSince,
        };
      });
  }

  /** Silence that lasts. */
  stall(id: number): void {
    const cause = { code: 'source.frozen', message: 'The playlist answers but offers nothing new.' };
    this.#stalled.add(id);
    this.change(id, { stalls: [{ from: at(0), to: null, cause }] });
    this.append(`recording-${id}`, 'CaptureStalled', { cause });
  }

  interrupt(id: number, seconds: number): void {
    const stream = `recording-${id}`;
    const cause = { code: 'source.timeout', message: 'The source did not answer within 10 seconds.' };
    const from = at(0);
    this.change(id, { state: 'reconnecting', interruption: cause, deadline: at(300) });
    this.append(stream, 'CaptureInterrupted', { cause, deadline: at(300) });
    setTimeout(() => {
      const gap = { from, to: at(0), seconds, cause };
      const recording = this.recordings.get(id);
      if (recording?.state !== 'reconnecting') return;
      const closed = recording.parts.map((part) => ({ ...part, closedAt: part.closedAt ?? from }));
      const number = closed.length + 1;
      this.change(id, {
        state: 'capturing',
        interruption: null,
        deadline: null,
        gaps: [...recording.gaps, gap],
        gapSeconds: recording.gapSeconds + seconds,
        capturedRatio: 0.97,
        parts: [
          ...closed,
          {
            number,
            bytes: 0,
            durationSeconds: 0,
            openedAt: at(0),
            closedAt: null,
            container: 'ts',
            reason: 'restart',
          },
        ],
      });
      this.append(stream, 'GapRecorded', gap);
      this.append(stream, 'PartOpened', { number, container: 'ts', reason: 'restart' });
      this.append(stream, 'CaptureResumed');
    }, seconds * 1000);
  }

  stop(recording: Recording): Recording {
    const { id, streamerId } = recording;
    const stream = `recording-${id}`;
    const streamer = this.streamers.get(streamerId);
    if (streamer) this.streamers.set(streamerId, { ...streamer, activeRecordingId: null });
    const ended = at(0);
    const after = this.change(id, {
      state: 'finalizing',
      endedAt: ended,
      interruption: null,
      deadline: at(600),
      parts: recording.parts.map((part) => ({
        ...part,
        closedAt: part.closedAt ?? ended,
      })),
    });
    this.append(stream, 'StopRequested', { by: 'api' }, 'api');
    const { bytes, durationSeconds } = recording;
    this.append(stream, 'CaptureEnded', { bytes, durationSeconds, segments: 9, capturedRatio: 1, adSeconds: 0 });
    setTimeout(() => this.#finalize(id), 2500);
    return after;
  }

  #finalize(id: number): void {
    const stream = `recording-${id}`;
    const videoId = this.nextId();
    const { streamerId, streamerName, bytes, durationSeconds } = this.change(id, { state: 'postProcessing' });
    this.append(stream, 'RecordingFinalized', { outputs: [{ file: 'whole.mp4', bytes, durationSeconds }] });
    for (const name of ['publish', 'thumbnail']) this.append(stream, 'StepStarted', { name, attempt: 1 });
    setTimeout(() => {
      const video = aVideo({
        id: videoId,
        recordingId: id,
        streamerId,
        streamerName,
        title: streamerName,
        recordedAt: at(-durationSeconds),
        bytes,
        durationSeconds,
        width: 640,
        height: 360,
        thumbnailUrl: `/api/videos/${videoId}/thumbnail`,
        streamUrl: `/api/videos/${videoId}/stream`,
        bin: null,
      });
      this.videos.set(videoId, video);
      const done = (name: string) => ({
        name,
        state: 'succeeded' as const,
        attempts: 1,
        error: null,
        retryAt: null,
        dependsOn: [],
      });
      this.change(id, { state: 'completed', videoId, deadline: null, steps: [done('publish'), done('thumbnail')] });
      this.append(`video-${videoId}`, 'VideoAdded', { videoId, recordingId: id });
      for (const name of ['publish', 'thumbnail']) this.append(stream, 'StepSucceeded', { name, attempt: 1, videoId });
      this.append(stream, 'RecordingCompleted');
    }, 2000);
  }
}
