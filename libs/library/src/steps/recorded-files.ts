import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ALL_STEPS, Claims, deterministicId, type RunnableStep } from '@streamvault/kernel';
import { MEDIA, type Media, NoVideoStream, writeContentDurably } from '@streamvault/media';
import {
  chaptersOf,
  LibraryRoot,
  type Output,
  type PlannedStep,
  type RecordingContext,
  RecordingStreams,
  type StepRunner,
} from '@streamvault/recording';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { AddVideo } from '../commands/add-video/add-video.command.js';
import { checksumPath, pictureOf, storyboardPath } from '../naming/sidecars.js';
import { SidecarWriter } from '../sidecars/sidecar-writer.js';
import { videoOfOutput } from '../video-of-output.js';
import { VideoStreams } from '../video-streams.js';

type StepWork = (
  context: RecordingContext,
  signal: AbortSignal,
  onProgress: (share: number) => void,
) => Promise<{ readonly videoId: number | null }>;

/** The work of each post-processing step. Each may be run again at any time and then changes nothing. */
@Injectable()
export class PostProcessing implements StepRunner {
  /** The parts are only deleted when all of it is done. */
  readonly plan: readonly PlannedStep[];
  readonly #own: readonly PlannedStep[] = [
    { name: 'verify', dependsOn: [] },
    { name: 'publish', dependsOn: ['verify'] },
    { name: 'thumbnail', dependsOn: ['publish'] },
    { name: 'storyboard', dependsOn: ['publish'] },
    { name: 'checksum', dependsOn: ['publish'] },
    // With the picture, of which media servers want a copy.
    { name: 'sidecars', dependsOn: ['thumbnail'] },
  ];
  readonly #work: ReadonlyMap<string, StepWork> = new Map<string, StepWork>([
    ['verify', (context, signal, onProgress) => this.#verify(context, signal, onProgress)],
    ['publish', (context) => this.#publish(context)],
    ['thumbnail', (context, signal) => this.#thumbnail(context, signal)],
    ['storyboard', (context, signal, onProgress) => this.#storyboard(context, signal, onProgress)],
    ['checksum', (context, signal, onProgress) => this.#checksum(context, signal, onProgress)],
    ['sidecars', (context, signal) => this.#sidecars(context, signal)],
  ]);

  /** @param contributed the steps of other contexts; they run beside the library's own and may depend on them */
  constructor(
    private readonly commands: CommandBus,
    private readonly streams: RecordingStreams,
    @Inject(MEDIA) private readonly media: Media,
    private readonly library: LibraryRoot,
    private readonly claims: Claims,
    private readonly videos: VideoStreams,
    private readonly sidecars: SidecarWriter,
    @Inject(ALL_STEPS) private readonly contributed: readonly RunnableStep[],
  ) {
    const others = contributed.map(({ name, dependsOn }) => ({ name, dependsOn: [...dependsOn] }));
    this.plan = [...this.#own, ...others];
  }

  async run(
    name: string,
    context: RecordingContext,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<{ readonly videoId: number | null }> {
    const other = this.contributed.find((step) => step.name === name);
    if (other) {
      const { videoId } = await other.work.run({ recordingId: context.recordingId, signal, onProgress });
      return { videoId: videoId ?? null };
    }
    const work = this.#work.get(name);
    if (!work) throw new Error(`This version of StreamVault has no step ${name}. Skip it, or update.`);
    return work(context, signal, onProgress);
  }

  async #publish(context: RecordingContext): Promise<{ videoId: number | null }> {
    const { recordingId, streamerId, streamerName, category, outputs, gaps } = context;
    const recorded = await this.streams.load(recordingId);
    let first: number | null = null;
    for (const [index, { file, startedAt, timeline, ...measured }] of outputs.entries()) {
      const recordedAt = startedAt ?? context.startedAt ?? context.requestedAt;
      const { videoId } = await this.commands.execute(
        new AddVideo(
          {
            recordingId,
            outputNumber: index + 1,
            streamerId,
            streamerName,
            title: context.title ?? `${streamerName}, ${recordedAt.slice(0, 16).replace('T', ' ')}`,
            category,
            recordedAt,
            ...measured,
            file,
            thumbnailFile: pictureOf(file),
            gaps: gaps.map((gap) => ({ ...gap })),
            chapters: chaptersOf(context.titles, timeline, measured.durationSeconds),
          },
          {
            commandId: deterministicId(`publish ${recordingId} ${index}`),
            correlationId: recorded?.latest.correlationId ?? deterministicId(`recording ${recordingId}`),
            causationId: recorded?.latest.id ?? deterministicId(`recording ${recordingId}`),
            actor: 'recorder',
            now: new Date().toISOString(),
          },
        ),
      );
      first ??= videoId;
    }
    return { videoId: first };
  }

  async #thumbnail(context: RecordingContext, signal: AbortSignal): Promise<{ videoId: null }> {
    await this.library.requireThere();
    for (const { file } of await this.#outputs(context)) {
      try {
        const output = join(this.library.path, pictureOf(file));
        await this.media.makeThumbnail({ input: join(this.library.path, file), output, signal });
      } catch (error) {
        // Audio alone has no picture to take; the console shows its placeholder.
        if (!(error instanceof NoVideoStream)) throw error;
      }
    }
    return { videoId: null };
  }

  /** Runs before anything is deleted: the video that replaces the parts has to exist. */
  async #verify(context: RecordingContext, signal: AbortSignal, onProgress: (share: number) => void) {
    await this.library.requireThere();
    const { outputs, totals } = context;
    for (const { file, timeline, durationSeconds } of outputs) {
      const captured = totals?.durationSeconds ?? durationSeconds;
      // A source that gives whole seconds only may be off by one with each segment.
      const isRounded = Number.isInteger(captured);
      await this.media.verifyVideo({
        file: join(this.library.path, file),
        ledgerSeconds: outputs.length === 1 ? captured : durationSeconds,
        slackSeconds: isRounded ? (totals?.segments ?? 0) : 0,
        joins: timeline.slice(1).map(({ mediaSeconds }) => mediaSeconds),
        signal,
        onProgress,
      });
    }
    return { videoId: null };
  }

  async #storyboard(context: RecordingContext, signal: AbortSignal, onProgress: (share: number) => void) {
    await this.library.requireThere();
    for (const { file } of await this.#outputs(context)) {
      try {
        const output = join(this.library.path, storyboardPath(file));
        await this.media.makeStoryboard({ input: join(this.library.path, file), output, signal, onProgress });
      } catch (error) {
        if (!(error instanceof NoVideoStream)) throw error;
      }
    }
    return { videoId: null };
  }

  async #checksum(context: RecordingContext, signal: AbortSignal, onProgress: (share: number) => void) {
    await this.library.requireThere();
    for (const { file, bytes } of await this.#outputs(context)) {
      const path = join(this.library.path, file);
      const hash = createHash('sha256');
      let done = 0;
      for await (const chunk of createReadStream(path, { highWaterMark: 512 * 1024, signal })) {
        hash.update(chunk as Buffer);
        done += (chunk as Buffer).length;
        onProgress(Math.min(1, done / Math.max(1, bytes)));
      }
      await writeContentDurably(
        join(this.library.path, checksumPath(file)),
        `${hash.digest('hex')}  ${basename(file)}\n`,
      );
    }
    return { videoId: null };
  }

  async #sidecars({ recordingId, outputs }: RecordingContext, signal: AbortSignal): Promise<{ videoId: null }> {
    await this.library.requireThere();
    for (const index of outputs.keys()) {
      const videoId = await videoOfOutput(this.claims, recordingId, index + 1);
      if (videoId !== undefined) await this.sidecars.write(videoId, signal);
    }
    return { videoId: null };
  }

  /** Where they lie now: a step that is retried later may find the library moved. */
  async #outputs({ recordingId, outputs }: RecordingContext): Promise<readonly Output[]> {
    const found: Output[] = [];
    for (const [index, output] of outputs.entries()) {
      const videoId = await videoOfOutput(this.claims, recordingId, index + 1);
      const video = videoId === undefined ? undefined : await this.videos.peek(videoId);
      found.push(video ? { ...output, file: video.file } : output);
    }
    return found;
  }
}
