import { Injectable } from '@nestjs/common';
import { errorCode } from '@streamvault/failures';
import { QueryBus } from '@nestjs/cqrs';
import { type CommandMetadata, deterministicId, ProjectionRunner } from '@streamvault/kernel';
import { GetRecording, LibraryRoot, RecordingNotFound } from '@streamvault/recording';
import { dirname } from 'node:path';
import type { ExistingVideo, VideoFilePlace } from '../domain/video-state.js';
import { sidecarsOf } from '../naming/sidecars.js';
import { videoLibraryProjection } from '../read-models/video-library.projection.js';
import { VideoStreams } from '../video-streams.js';
import { moveWithin, removeEmptyFolders } from './move-file.js';

export type VideoMove =
  { readonly kind: 'moved' } | { readonly kind: 'left'; readonly code: string; readonly message: string };

const ended = new Set(['completed', 'failed', 'cancelled']);
const shownMilliseconds = 5000;

/**
 * Moves a video and all that stands beside it. The log says first where to, then the files go, then the log says that they are there: killed
 * in between, the same call goes on. Meanwhile whatever asks for the file looks at both places.
 */
@Injectable()
export class VideoMover {
  constructor(
    private readonly streams: VideoStreams,
    private readonly root: LibraryRoot,
    private readonly queries: QueryBus,
    private readonly projections: ProjectionRunner,
  ) {}

  /** @throws VideoNotFound, FolderGone */
  async move(videoId: number, wanted: VideoFilePlace, metadata: CommandMetadata): Promise<VideoMove> {
    await this.root.requireThere();
    const { state: before } = await this.streams.find(videoId);
    if (before.recordingId !== null && !(await this.#isFinished(before.recordingId)))
      return left('being-finished', `Video ${videoId} is still being finished.`);
    const { actor: by, now: at } = metadata;
    const part = (name: string) => ({ ...metadata, commandId: deterministicId(metadata.commandId, videoId, name) });
    // One that was interrupted goes on to where it was going.
    const to = before.moving ?? wanted;
    const { state: video, position } = await this.streams.handle(
      { type: 'StartMove', videoId, at, by, to },
      part('start'),
    );
    if (!video?.moving) return left('not-in-library', `Video ${videoId} is in the bin, or there already.`);
    // Players ask the read model where a file lies: it has to know of both places first.
    const name = videoLibraryProjection.name;
    if (position !== undefined)
      await this.projections.waitFor(position, { timeoutMs: shownMilliseconds, projections: [name] });
    try {
      await this.#moveFiles(video, to);
    } catch (error) {
      await this.root.requireThere();
      const cause = causeOf(video.file, error);
      await this.streams.handle({ type: 'FailMove', videoId, at, by, cause }, part('fail'));
      return { kind: 'left', ...cause };
    }
    await this.streams.handle({ type: 'FinishMove', videoId, at, by, to }, part('finish'));
    await removeEmptyFolders(this.root.path, dirname(video.file));
    return { kind: 'moved' };
  }

  /** The video first: where it stays, all of it does. What cannot follow stays behind, as a leftover that the next check names. */
  async #moveFiles({ file, thumbnailFile }: ExistingVideo, to: VideoFilePlace): Promise<void> {
    const outcome = await moveWithin(this.root.path, file, to.file);
    if (outcome !== 'moved') throw Object.assign(new Error(outcome), { code: outcome });
    const beside = sidecarsOf(file).map((name, index): readonly [string, string] => [
      name,
      sidecarsOf(to.file)[index] ?? name,
    ]);
    for (const [from, target] of [[thumbnailFile, to.thumbnailFile] as const, ...beside])
      if (from !== target) await moveWithin(this.root.path, from, target).catch(() => 'left');
  }

  async #isFinished(recordingId: number): Promise<boolean> {
    try {
      return ended.has((await this.queries.execute(new GetRecording(recordingId))).state);
    } catch (error) {
      if (error instanceof RecordingNotFound) return true;
      throw error;
    }
  }
}

const left = (why: string, message: string): VideoMove => ({ kind: 'left', code: `library.${why}`, message });

function causeOf(file: string, error: unknown): { readonly code: string; readonly message: string } {
  const code = errorCode(error) ?? 'unknown';
  const reasons: Readonly<Record<string, string>> = {
    gone: 'it is not there any more. See what the check of consistency says',
    taken: 'another file has the new name. Move that one away',
    EXDEV: 'its folder lies on another disk. Move it by hand, then import it',
    EACCES: 'StreamVault may not write there. Correct the permissions of the folders',
    EROFS: 'the disk is mounted read-only. Mount it writable',
    ENOSPC: 'the disk is full. Make room',
    OUTSIDE: 'a link leads out of the library. Remove the link',
  };
  const reason = reasons[code] ?? `the disk answered ${code}. Check the disk`;
  return { code: 'library.not-moved', message: `${file} could not be moved: ${reason}, then try again.` };
}
