import { Inject, Injectable } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import type { ConsistencyReport, MendBody, MendReport } from '@streamvault/api-contract';
import type { Position } from '@streamvault/event-store';
import { errorCode } from '@streamvault/failures';
import { type CommandMetadata, deterministicId, DomainError } from '@streamvault/kernel';
import { MEDIA, type Media, MediaToolFailed, MediaToolTimedOut } from '@streamvault/media';
import { GetRecording, LibraryRoot, RecordingNotFound } from '@streamvault/recording';
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LibraryStream } from '../choices/library-stream.js';
import { BinVideo } from '../commands/bin-video/bin-video.command.js';
import { VideoStreams } from '../video-streams.js';
import { LibraryCheck } from './library-check.js';

type Cause = { readonly code: string; readonly message: string };
const ended = new Set(['completed', 'failed', 'cancelled']);

/**
 * Mends what the check found, as far as somebody chose: a record without its file goes to the bin, a record of another size is corrected, and
 * what stands there without its video is removed. Each is looked at again right before, and what is still being made is left alone.
 */
@Injectable()
export class LibraryMender {
  constructor(
    private readonly check: LibraryCheck,
    private readonly commands: CommandBus,
    private readonly queries: QueryBus,
    private readonly streams: VideoStreams,
    private readonly library: LibraryStream,
    private readonly root: LibraryRoot,
    @Inject(MEDIA) private readonly media: Pick<Media, 'probe'>,
  ) {}

  /** @throws FolderGone */
  async run(
    { dryRun, missing, changed, leftovers }: MendBody,
    metadata: CommandMetadata,
  ): Promise<{ report: MendReport; position: Position | undefined }> {
    const found = await this.check.run();
    const report: MendReport = { dryRun, binned: [], measured: [], removed: [], left: [] };
    let position: Position | undefined;
    const note = (one: Position | undefined) => {
      if (one !== undefined && (position === undefined || one > position)) position = one;
    };
    for (const each of missing ? found.missing : []) {
      const refusal = await this.#whyNot(each.videoId);
      if (refusal) report.left.push({ file: each.file, cause: refusal });
      else if (dryRun) report.binned.push(each);
      else note(await this.#bin(each, report, metadata));
    }
    for (const each of changed ? found.changed : []) {
      const refusal = await this.#whyNot(each.videoId);
      if (refusal) report.left.push({ file: each.file, cause: refusal });
      else note(await this.#measure(each, report, metadata));
    }
    if (leftovers) note(await this.#remove(found.leftovers, report, metadata));
    return { report, position };
  }

  async #bin({ videoId, file }: ConsistencyReport['missing'][number], report: MendReport, metadata: CommandMetadata) {
    try {
      // It may have come back since it was looked for.
      if (await isThere(join(this.root.path, file))) return undefined;
      await this.root.requireThere();
      const own = { ...metadata, commandId: deterministicId(metadata.commandId, 'missing', videoId) };
      const choice = { rule: 'its file is missing', evenProtected: true };
      const { position } = await this.commands.execute(new BinVideo(videoId, choice, own));
      report.binned.push({ videoId, file });
      return position;
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      report.left.push({ file, cause: { code: error.code, message: error.message } });
      return undefined;
    }
  }

  async #measure(
    { videoId, file, bytes }: ConsistencyReport['changed'][number],
    report: MendReport,
    metadata: CommandMetadata,
  ) {
    try {
      const probe = await this.media.probe(join(this.root.path, file));
      const { size } = await lstat(join(this.root.path, file));
      if ((!probe.video && !probe.audio) || !probe.durationSeconds) throw new NotWhole();
      report.measured.push({ videoId, file, bytes, bytesOnDisk: size });
      if (report.dryRun) return undefined;
      const { actor: by, now: at } = metadata;
      const own = { ...metadata, commandId: deterministicId(metadata.commandId, 'measure', videoId) };
      const command = {
        type: 'MeasureVideo',
        videoId,
        by,
        at,
        bytes: size,
        durationSeconds: probe.durationSeconds,
      } as const;
      return (await this.streams.handle(command, own)).position;
    } catch (error) {
      report.left.push({ file, cause: damaged(error) });
      return undefined;
    }
  }

  /** The log says first what goes: each name of it can be found there for ever. */
  async #remove(leftovers: ConsistencyReport['leftovers'], report: MendReport, metadata: CommandMetadata) {
    const all = leftovers.flatMap(({ file, files, bytes }) => files.map((each) => ({ file: each, of: file, bytes })));
    if (all.length === 0) return undefined;
    if (report.dryRun) {
      report.removed.push(...all.map(({ file }) => file));
      return undefined;
    }
    const { actor: by, now: at } = metadata;
    const own = { ...metadata, commandId: deterministicId(metadata.commandId, 'leftovers') };
    const command = { type: 'RemoveLeftovers', by, at, files: all.map(({ file }) => file) } as const;
    const { position } = await this.library.handle(command, own);
    for (const { file } of all) {
      try {
        await this.root.requireThere();
        await rm(join(this.root.path, file), { recursive: true });
        report.removed.push(file);
      } catch (error) {
        const code = errorCode(error) ?? 'unknown';
        const message = `${file} could not be removed: the disk answered ${code}. Correct its permissions.`;
        if (code !== 'ENOENT') report.left.push({ file, cause: { code: 'library.not-removed', message } });
      }
    }
    return position;
  }

  /** Undefined where nothing is done with it at the moment. */
  async #whyNot(videoId: number): Promise<Cause | undefined> {
    const video = await this.streams.peek(videoId);
    if (!video || video.place.kind !== 'library' || video.moving || video.filling)
      return { code: 'library.not-at-rest', message: `Video ${videoId} is in the bin, or is being moved or filled.` };
    if (video.recordingId === null) return undefined;
    try {
      const { state } = await this.queries.execute(new GetRecording(video.recordingId));
      if (ended.has(state)) return undefined;
    } catch (error) {
      if (error instanceof RecordingNotFound) return undefined;
      throw error;
    }
    return { code: 'library.being-finished', message: `Video ${videoId} is still being finished.` };
  }
}

class NotWhole extends Error {}

function damaged(error: unknown): Cause {
  if (error instanceof MediaToolFailed || error instanceof MediaToolTimedOut || error instanceof NotWhole)
    return {
      code: 'library.damaged',
      message: 'It cannot be read as a video any more. Restore it from a backup, or delete it.',
    };
  const code = errorCode(error);
  if (code === undefined) throw error;
  return { code: 'library.unreadable', message: `The system answered ${code}.` };
}

const isThere = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );
