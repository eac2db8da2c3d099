import type { CommandBus } from '@nestjs/cqrs';
import { deterministicId } from '@streamvault/kernel';
import { NoVideoStream, type Media } from '@streamvault/media';
import type {
  Clock,
  LibraryRoot,
  PlannedStep,
  RecordingContext,
  RecordingStreams,
  StepRunner,
} from '@streamvault/recording';
import { join } from 'node:path';
import { AddVideo } from '../commands/add-video/add-video.command.js';
import { thumbnailPath } from '../naming/video-path.js';

type StepWork = (context: RecordingContext, signal: AbortSignal) => Promise<{ readonly videoId: number | null }>;

/** The work of each post-processing step. Each may be run again at any time and then changes nothing. */
export class PostProcessing implements StepRunner {
  /** The thumbnail first, so that a video appears in the library with its picture; without it where that cannot be taken. */
  readonly plan: readonly PlannedStep[] = [
    { name: 'thumbnail', dependsOn: [] },
    { name: 'publish', dependsOn: [] },
  ];
  readonly #work: ReadonlyMap<string, StepWork> = new Map<string, StepWork>([
    ['publish', (context) => this.#publish(context)],
    ['thumbnail', (context, signal) => this.#thumbnail(context, signal)],
  ]);

  constructor(
    private readonly commands: CommandBus,
    private readonly streams: RecordingStreams,
    private readonly media: Media,
    private readonly library: LibraryRoot,
    private readonly clock: Clock,
  ) {}

  async run(
    name: string,
    context: RecordingContext,
    signal: AbortSignal,
  ): Promise<{ readonly videoId: number | null }> {
    const work = this.#work.get(name);
    if (!work) throw new Error(`This version of StreamVault knows no step ${name}. Skip it, or update.`);
    return work(context, signal);
  }

  async #publish(context: RecordingContext): Promise<{ videoId: number | null }> {
    const { recordingId, streamerId, streamerName, category, outputs, gaps } = context;
    const recorded = await this.streams.load(recordingId);
    let first: number | null = null;
    for (const [index, { file, startedAt, timeline: _timeline, ...measured }] of outputs.entries()) {
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
            thumbnailFile: thumbnailPath(file),
            gaps: gaps.map((gap) => ({ ...gap })),
          },
          {
            commandId: deterministicId(`publish ${recordingId} ${index}`),
            correlationId: recorded?.latest.correlationId ?? deterministicId(`recording ${recordingId}`),
            causationId: recorded?.latest.id ?? deterministicId(`recording ${recordingId}`),
            actor: 'recorder',
            now: new Date(this.clock.now()).toISOString(),
          },
        ),
      );
      first ??= videoId;
    }
    return { videoId: first };
  }

  async #thumbnail(context: RecordingContext, signal: AbortSignal): Promise<{ videoId: null }> {
    await this.library.requireThere();
    for (const { file } of context.outputs) {
      try {
        const output = join(this.library.path, thumbnailPath(file));
        await this.media.makeThumbnail({ input: join(this.library.path, file), output, signal });
      } catch (error) {
        // Sound alone has no picture to take; the console shows its placeholder.
        if (!(error instanceof NoVideoStream)) throw error;
      }
    }
    return { videoId: null };
  }
}
