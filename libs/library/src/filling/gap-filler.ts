import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { WorkQueue } from '@streamvault/jobs';
import { type CommandMetadata, deterministicId } from '@streamvault/kernel';
import { MEDIA, type Media, NoVideoStream } from '@streamvault/media';
import {
  GAP_GUARD,
  GapDownload,
  type GapFillStatus,
  type GapGuard,
  LibraryRoot,
  type RecordingContext,
  ReportToRecording,
  WorkFolders,
} from '@streamvault/recording';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checksumPath, storyboardPath, trickplayPath } from '../naming/sidecars.js';
import { writeChecksum } from '../sidecars/checksum-file.js';
import type { ExistingVideo } from '../domain/video-state.js';
import { VideoStreams } from '../video-streams.js';
import { FileChanged, type FilledFile, fillFile } from './filled-file.js';

/** Something else is done with the file just now. */
class FileBusy extends Error {
  readonly code = 'gap-fill.file-busy';
}

/** Fills a gap of a finished video: fetches what is missing, makes the file again, and renews what depends on it. */
@Injectable()
export class GapFiller {
  constructor(
    private readonly download: GapDownload,
    private readonly folders: WorkFolders,
    private readonly root: LibraryRoot,
    private readonly videos: VideoStreams,
    private readonly commands: CommandBus,
    private readonly queue: WorkQueue,
    @Inject(GAP_GUARD) private readonly guard: GapGuard,
    @Inject(MEDIA) private readonly media: Media,
  ) {}

  /** Everything of one fill, which is gone when that is over. */
  workFolder(recordingId: number, from: string): string {
    return join(this.folders.root, `fill-${recordingId}-${Date.parse(from)}`);
  }

  /** Idempotent: killed at any point, the same call goes on. @throws whatever is in the way */
  async fill(
    recording: RecordingContext,
    fill: GapFillStatus,
    metadata: CommandMetadata,
    signal: AbortSignal,
  ): Promise<void> {
    const { from, to, deadline: until } = fill;
    const { videoId, recordingId } = recording;
    await this.folders.requireRoot();
    await this.root.requireThere();
    if (videoId === null) throw new FileChanged(`Recording ${recordingId}`);
    const before = await this.videos.find(videoId);
    const workDirectory = this.workFolder(recordingId, from);
    if (!isFilled(before.state, fill)) {
      const why = await this.guard.whyFileStays(recording);
      if (why !== undefined) throw new FileBusy(why);
      await this.#tell(
        { type: 'StartFill', videoId, by: fill.by, at: metadata.now, from, to, until },
        metadata,
        'start',
      );
    }
    const { file } = before.state;
    const made = await this.#make(recording, fill, before.state, workDirectory, signal);
    const { chapters, mutedSeconds, output, seconds } = made;
    const { bytes, codecs, durationSeconds, height, width } = output;
    const at = new Date().toISOString();
    const filled = { at, by: fill.by, url: fill.source.url, seconds, mutedSeconds };
    const facts = { bytes, codecs, durationSeconds, height, width, chapters: chapters.map((each) => ({ ...each })) };
    await this.#tell({ type: 'FinishFill', videoId, by: fill.by, at, from, to, filled, ...facts }, metadata, 'finish');
    await this.#renew(file, bytes, signal);
    await this.commands.execute(
      new ReportToRecording(
        recordingId,
        { type: 'ReportGapFilled', at, from, seconds, mutedSeconds, output },
        { ...metadata, commandId: deterministicId(metadata.commandId, 'filled') },
      ),
    );
    await rm(workDirectory, { recursive: true, force: true });
  }

  /** The video is as it was, and says so. */
  async giveUp(
    { recordingId, videoId }: RecordingContext,
    { by, from }: GapFillStatus,
    cause: { readonly code: string; readonly message: string },
    metadata: CommandMetadata,
  ): Promise<void> {
    if (videoId !== null && (await this.videos.peek(videoId))?.filling?.from === from)
      await this.#tell({ type: 'FailFill', videoId, by, at: metadata.now, cause }, metadata, 'fail');
    await this.commands.execute(
      new ReportToRecording(
        recordingId,
        { type: 'ReportGapFillFailure', at: metadata.now, from, cause },
        { ...metadata, commandId: deterministicId(metadata.commandId, 'failed') },
      ),
    );
    await rm(this.workFolder(recordingId, from), { recursive: true, force: true });
  }

  async #make(
    recording: RecordingContext,
    fill: GapFillStatus,
    { bytes, file }: ExistingVideo,
    workDirectory: string,
    signal: AbortSignal,
  ): Promise<FilledFile> {
    const options = { group: 'gap fills', priority: 1, signal };
    return this.queue.run(`fill ${basename(file)}`, options, async ({ share }) => {
      const fetched = await this.download.fetch(recording, fill, join(workDirectory, 'fetched'), signal, (done) =>
        share(done / 2),
      );
      const path = join(this.root.path, file);
      return fillFile(this.media, {
        path,
        bytes,
        recording,
        gap: fill,
        fetched,
        workDirectory,
        signal,
        onProgress: share,
      });
    });
  }

  /** What was made of the file as it was. The rest is text, and written again by what follows the event. */
  async #renew(file: string, bytes: number, signal: AbortSignal): Promise<void> {
    const pathOf = (name: string) => join(this.root.path, name);
    const path = pathOf(file);
    await this.queue.run(`renew ${basename(file)}`, { group: 'gap fills', signal }, async ({ share }) => {
      await rm(pathOf(trickplayPath(file)), { recursive: true, force: true });
      try {
        await this.media.makeStoryboard({
          input: path,
          output: pathOf(storyboardPath(file)),
          signal,
          onProgress: share,
        });
      } catch (error) {
        // Audio alone has no pictures.
        if (!(error instanceof NoVideoStream)) throw error;
      }
      await writeChecksum({ path, target: pathOf(checksumPath(file)), bytes, signal });
    });
  }

  async #tell(command: Parameters<VideoStreams['handle']>[0], metadata: CommandMetadata, part: string): Promise<void> {
    await this.videos.handle(command, { ...metadata, commandId: deterministicId(metadata.commandId, part) });
  }
}

const isFilled = ({ gaps }: ExistingVideo, { from }: GapFillStatus): boolean =>
  gaps.some((gap) => gap.from === from && gap.filled !== undefined);
