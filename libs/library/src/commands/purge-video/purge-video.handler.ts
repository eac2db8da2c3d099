import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandMetadata, deterministicId, requirePermission } from '@streamvault/kernel';
import { VideoFiles } from '../../bin/video-files.js';
import { VideoDeleted } from '../../domain/video-errors.js';
import { VideoStreams } from '../../video-streams.js';
import { type PurgeOutcome, PurgeVideo } from './purge-video.command.js';

/**
 * Decided, done, reported: first the log says that the files will be removed, then they are removed, then the log says
 * that they are gone. If it is killed in between, the video stays `purging` until the command is repeated, which
 * continues with what is left.
 */
@CommandHandler(PurgeVideo)
export class PurgeVideoHandler implements ICommandHandler<PurgeVideo> {
  readonly #running = new Map<number, Promise<PurgeOutcome>>();

  constructor(
    private readonly streams: VideoStreams,
    private readonly files: VideoFiles,
  ) {}

  /** @throws VideoNotFound, VideoDeleted, VideoNotInBin, GraceNotOver, DiskGone */
  async execute(command: PurgeVideo): Promise<PurgeOutcome> {
    requirePermission(command.metadata, 'videos.purge');
    const { videoId } = command;
    // The job and a user who empties the bin may come at the same time.
    const running = this.#running.get(videoId);
    if (running) return running;
    const purge = this.#purge(command).finally(() => this.#running.delete(videoId));
    this.#running.set(videoId, purge);
    return purge;
  }

  async #purge({ videoId, options, metadata }: PurgeVideo): Promise<PurgeOutcome> {
    const { actor: by, now: at } = metadata;
    const { state } = await this.streams.find(videoId);
    if (state.place.kind === 'purged') throw new VideoDeleted(videoId, state.place.bin);
    await this.streams.handle(
      {
        type: 'StartPurge',
        videoId,
        at,
        by,
        files: state.place.kind === 'bin' ? await this.files.measure(state) : [],
        beforeGraceEnds: options.beforeGraceEnds,
      },
      part(metadata, 'start'),
    );
    // The log's present state counts: the repeated command may find a video that was restored since.
    const { place } = (await this.streams.find(videoId)).state;
    if (place.kind !== 'purging') return { videoId, position: undefined, bytesFreed: 0, failure: null };
    const removal = await this.files.remove(place.files);
    if (removal.ok) {
      const { bytesFreed } = removal;
      const { position } = await this.streams.handle(
        { type: 'FinishPurge', videoId, at, by, bytesFreed },
        part(metadata, 'finish'),
      );
      return { videoId, position, bytesFreed, failure: null };
    }
    const { cause, isVideoThere } = removal;
    const { position } = await this.streams.handle(
      { type: 'FailPurge', videoId, at, by, cause, isVideoThere },
      part(metadata, 'fail'),
    );
    return { videoId, position, bytesFreed: 0, failure: cause };
  }
}

/** One command, several appends to one stream: each is a separate step. */
const part = (metadata: CommandMetadata, name: string): CommandMetadata => ({
  ...metadata,
  commandId: deterministicId(metadata.commandId, name),
});
