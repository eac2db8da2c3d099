import { Inject, Injectable } from '@nestjs/common';
import type { CutVideoBody } from '@streamvault/api-contract';
import type { Position } from '@streamvault/event-store';
import { WorkQueue } from '@streamvault/jobs';
import { type CommandMetadata, deterministicId, DomainError, IdSequence } from '@streamvault/kernel';
import { MEDIA, type Media, MediaError, NoVideoStream } from '@streamvault/media';
import { LibraryRoot } from '@streamvault/recording';
import { basename, dirname, join } from 'node:path';
import { LibraryStream } from '../choices/library-stream.js';
import { isBeingFilled } from '../domain/video-decider.js';
import { CutFailed, FileMissing, RangeOutsideVideo, VideoBeingFilled, VideoInBin } from '../domain/video-errors.js';
import type { ExistingVideo } from '../domain/video-state.js';
import { folded, LibraryNames, namesIn, numbered } from '../naming/library-names.js';
import { pictureOf } from '../naming/sidecars.js';
import { VideoStreams } from '../video-streams.js';
import { CutBoard, cutGroup } from './cut-board.js';
import { chaptersWithin, clockText, gapsWithin, wallClockAt } from './cut-range.js';
import { stat } from 'node:fs/promises';

export interface Cut {
  readonly videoId: number;
  readonly position: Position | undefined;
}

/** Makes a range of a video a video of its own, which knows what it was cut out of. */
@Injectable()
export class VideoCutter {
  constructor(
    private readonly streams: VideoStreams,
    private readonly library: LibraryStream,
    private readonly names: LibraryNames,
    private readonly ids: IdSequence,
    private readonly root: LibraryRoot,
    private readonly queue: WorkQueue,
    private readonly board: CutBoard,
    @Inject(MEDIA) private readonly media: Pick<Media, 'cutVideo' | 'makeThumbnail'>,
  ) {}

  /** @throws VideoNotFound, VideoInBin, RangeOutsideVideo, FileMissing, FolderGone, CutFailed */
  async cut(videoId: number, choice: CutVideoBody, metadata: CommandMetadata): Promise<Cut> {
    await this.root.requireThere();
    const { state: source } = await this.streams.find(videoId);
    if (source.place.kind !== 'library') throw new VideoInBin(videoId);
    if (isBeingFilled(source, metadata.now)) throw new VideoBeingFilled(videoId);
    const { fromSeconds, exact } = choice;
    const toSeconds = Math.min(choice.toSeconds, source.durationSeconds);
    if (fromSeconds >= toSeconds) throw new RangeOutsideVideo(videoId, source.durationSeconds);
    const input = join(this.root.path, source.file);
    if (!(await isFile(input))) throw new FileMissing(videoId);
    const newId = await this.ids.next('video', metadata);
    const title = choice.title ?? `${source.title} (${clockText(fromSeconds)}–${clockText(toSeconds)})`;
    const recordedAt = wallClockAt(source, fromSeconds);
    const category =
      source.chapters.findLast(({ startSeconds }) => startSeconds <= fromSeconds)?.category ?? source.category;
    const file = await this.#nameOf({ ...source, videoId: newId, recordingId: null, title, category, recordedAt });
    const output = join(this.root.path, file);
    const work = workOf(file);
    const about = { fromSeconds, toSeconds, exact, title, requestedAt: metadata.now };
    return this.#noted(videoId, this.board.begin(about, videoId, work), work, async (share) => {
      const probe = await this.media.cutVideo({
        input,
        output,
        fromSeconds,
        toSeconds,
        exact,
        title,
        onProgress: share,
      });
      const durationSeconds = probe.durationSeconds ?? toSeconds - fromSeconds;
      // A copy begins at the key frame before, and ends where it was asked to.
      const begins = exact ? fromSeconds : Math.max(0, toSeconds - durationSeconds);
      const thumbnailFile = pictureOf(file);
      const facts = {
        streamerId: source.streamerId,
        streamerName: source.streamerName,
        title,
        category,
        recordedAt,
        durationSeconds,
        bytes: (await stat(output)).size,
        width: probe.video?.width ?? null,
        height: probe.video?.height ?? null,
        codecs: [probe.video?.codecs, probe.audio?.codecs].filter((codec) => codec !== undefined).join(',') || null,
        file,
        thumbnailFile,
        chapters: chaptersWithin(source.chapters, begins, toSeconds),
        gaps: gapsWithin(source.gaps, recordedAt, wallClockAt(source, toSeconds)),
        origin: { videoId, fromSeconds, toSeconds, exact },
      };
      try {
        await this.media.makeThumbnail({ input: output, output: join(this.root.path, thumbnailFile) });
      } catch (error) {
        if (!(error instanceof NoVideoStream)) throw error;
      }
      const own = { ...metadata, commandId: deterministicId(metadata.commandId, 'cut', newId) };
      const command = { type: 'CutVideo', videoId: newId, by: metadata.actor, at: metadata.now, facts } as const;
      const { position } = await this.streams.handle(command, own);
      return { videoId: newId, position };
    });
  }

  /** Runs when it is its turn, whether or not somebody waits for the answer. */
  async #noted(
    videoId: number,
    id: number,
    work: string,
    make: (share: (done: number) => void) => Promise<Cut>,
  ): Promise<Cut> {
    try {
      const cut = await this.queue.run(work, { group: cutGroup(videoId), priority: 1 }, ({ share }) => make(share));
      this.board.end(videoId, id, { videoId: cut.videoId });
      return cut;
    } catch (error) {
      const failure = error instanceof MediaError ? new CutFailed(videoId, error) : error;
      this.board.end(videoId, id, { failure: causeOf(failure) });
      throw failure;
    }
  }

  async #nameOf(video: ExistingVideo): Promise<string> {
    const { template } = await this.library.choices();
    const wanted = (await this.names.wantedFor(video, template)).replace(/\.[^./]+$/, '.mp4');
    const { folded: taken } = await namesIn(join(this.root.path, dirname(wanted)));
    return numbered(wanted, (file) => taken.has(folded(basename(file))) || this.board.isWriting(workOf(file)));
  }
}

const workOf = (file: string): string => `cut ${basename(file)}`;

/** What is no refusal of ours is a fault, whose words are for the log. */
const causeOf = (error: unknown): { code: string; message: string } =>
  error instanceof DomainError
    ? { code: error.code, message: error.message }
    : { code: 'internal', message: 'The cut failed. The log of the server says why.' };

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
