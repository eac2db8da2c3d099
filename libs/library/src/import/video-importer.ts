import { errorCode, type Cause } from '@streamvault/failures';
import { EntityManager } from '@mikro-orm/core';
import { Inject, Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { Position } from '@streamvault/event-store';
import type { ImportedVideo } from '@streamvault/api-contract';
import { Claims, type CommandMetadata, deterministicId, IdSequence } from '@streamvault/kernel';
import {
  MEDIA,
  type Media,
  type MediaProbe,
  MediaToolFailed,
  MediaToolTimedOut,
  NoVideoStream,
} from '@streamvault/media';
import { GetRecording, LibraryRoot, RecordingNotFound } from '@streamvault/recording';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { ImportedFacts } from '../domain/video-events.js';
import { infoPath, pictureOf } from '../naming/sidecars.js';
import { type InfoFile, readInfo } from '../sidecars/info-file.js';
import { textOf } from '../sidecars/own-file.js';
import { searchable } from '../read-models/search-text.js';
import { VideoRow } from '../read-models/video-row.entity.js';
import { VideoStreams } from '../video-streams.js';
import { contentIdentity } from './content-identity.js';
import { type InfoChapter, infoJsonPaths, readInfoJson } from './info-json.js';
import type { FoundFile } from './library-walk.js';
import { parseFileName } from './parse-file-name.js';
import { SidecarDamaged } from './past-of-video.js';
import { CONTENT, VideoRestorer } from './video-restorer.js';

export interface ImportStreamer {
  readonly id: number;
  readonly name: string;
}

export type ImportOutcome =
  | { readonly kind: 'imported'; readonly video: ImportedVideo; readonly position: Position | undefined }
  | { readonly kind: 'skipped' | 'unreadable'; readonly cause: Cause };

interface Choice {
  readonly streamers: readonly ImportStreamer[];
  /** All videos belong to this streamer, whatever names say. */
  readonly isGiven: boolean;
  readonly isDryRun: boolean;
  readonly metadata: CommandMetadata;
}

/** What was written to so short a time ago may still be written to. */
const RESTING_MS = 60_000;
const finished = new Set(['completed', 'failed', 'cancelled']);

/**
 * Adds one file of the library's folder to the library: once, and not if it was deleted. The file itself is not changed
 * or moved.
 */
@Injectable()
export class VideoImporter {
  constructor(
    @Inject(MEDIA) private readonly media: Pick<Media, 'probe' | 'makeThumbnail'>,
    private readonly root: LibraryRoot,
    private readonly em: EntityManager,
    private readonly claims: Claims,
    private readonly ids: IdSequence,
    private readonly streams: VideoStreams,
    private readonly queries: QueryBus,
    private readonly restorer: VideoRestorer,
  ) {}

  async import(found: FoundFile, choice: Choice): Promise<ImportOutcome> {
    const named = parseFileName(basename(found.file, extname(found.file)));
    const path = join(this.root.path, found.file);
    const known = await this.em.fork().findOne(VideoRow, { file: found.file }, { orderBy: { id: 'desc' } });
    if (known) return inLibrary(known.id, known.place);
    try {
      // An info file of ours is written when the video is whole.
      const text = await textOf(join(this.root.path, infoPath(found.file)));
      const info = typeof text === 'string' ? readInfo(text) : undefined;
      if (info === undefined || info.kind === 'other') {
        const reason = await this.#whyNotYet(found, named);
        if (reason) return reason;
      }
      const identity = await contentIdentity(path);
      const holder = await this.claims.owner(CONTENT, identity);
      const before = holder && (await this.#placeOf(holder.owner));
      if (holder && before !== undefined) return inLibrary(holder.owner, before);
      if (info?.kind === 'damaged') throw new SidecarDamaged(info.why);
      if (info?.kind === 'ours') return await this.#restore(found, info.info, choice);
      const probe = await this.media.probe(path);
      const twin = await this.#twinOf(found, probe);
      if (twin) return inLibrary(twin.id, twin.place);
      const facts = await this.#factsOf(found, named, probe, choice);
      if ('code' in facts) return { kind: 'skipped', cause: facts };
      return await this.#add(found, facts, identity, choice);
    } catch (error) {
      const cause = unreadable(error);
      if (!cause) throw error;
      return { kind: 'unreadable', cause };
    }
  }

  async #whyNotYet(
    found: FoundFile,
    { recordingId }: ReturnType<typeof parseFileName>,
  ): Promise<ImportOutcome | undefined> {
    if (Date.now() - found.changedAt < RESTING_MS)
      return skipped('being-written', 'It was written to within the last minute. Import it when it is finished.');
    if (recordingId !== undefined && (await this.#isBeingFinished(recordingId)))
      return skipped('being-finished', `Recording ${recordingId} is still being finished, and adds it itself.`);
    return undefined;
  }

  /** With all that is known of it, from the info file beside it. */
  async #restore(found: FoundFile, info: InfoFile, choice: Choice): Promise<ImportOutcome> {
    const outcome = await this.restorer.restore(found, info, choice);
    switch (outcome.kind) {
      case 'known':
        return inLibrary(outcome.videoId, (await this.#placeOf(outcome.videoId)) ?? 'library');
      case 'no-streamer':
        return skipped('unknown-streamer', outcome.why);
      case 'restored': {
        const { past, videoId, streamerId, position } = outcome;
        const { title, streamerName, recordedAt, durationSeconds } = past.video;
        if (videoId !== null) await this.#takePicture({ file: found.file, thumbnailFile: pictureOf(found.file) });
        const { file, bytes } = found;
        const video = {
          file,
          videoId,
          title,
          streamerId,
          streamerName,
          recordedAt,
          durationSeconds,
          bytes,
          restored: true,
        };
        return { kind: 'imported', video, position };
      }
      default:
        return outcome satisfies never;
    }
  }

  async #add(
    { file }: FoundFile,
    facts: ImportedFacts,
    identity: string,
    { isDryRun, metadata }: Choice,
  ): Promise<ImportOutcome> {
    const { title, streamerId, streamerName, recordedAt, durationSeconds, bytes } = facts;
    const video = { file, title, streamerId, streamerName, recordedAt, durationSeconds, bytes, restored: false };
    if (isDryRun) return { kind: 'imported', video: { ...video, videoId: null }, position: undefined };
    const own = { ...metadata, commandId: deterministicId(metadata.commandId, 'import', identity) };
    const content = { category: CONTENT, key: identity };
    const videoId = await this.claims.ownerForGood(content, () => this.ids.next('video', own), own);
    const command = { type: 'ImportVideo', videoId, facts, by: metadata.actor, at: metadata.now } as const;
    const { position } = await this.streams.handle(command, own);
    await this.#takePicture(facts);
    return { kind: 'imported', video: { ...video, videoId }, position };
  }

  /** A video without a picture is a video. */
  async #takePicture({ file, thumbnailFile }: Pick<ImportedFacts, 'file' | 'thumbnailFile'>): Promise<void> {
    const output = join(this.root.path, thumbnailFile);
    if (await isThere(output)) return;
    try {
      await this.media.makeThumbnail({ input: join(this.root.path, file), output });
    } catch (error) {
      if (!(error instanceof NoVideoStream) && !unreadable(error)) throw error;
    }
  }

  async #factsOf(
    { file, bytes, changedAt }: FoundFile,
    named: ReturnType<typeof parseFileName>,
    probe: MediaProbe,
    { streamers, isGiven }: Choice,
  ): Promise<ImportedFacts | Cause> {
    const durationSeconds = probe.durationSeconds ?? 0;
    if ((!probe.video && !probe.audio) || durationSeconds <= 0)
      return { code: 'import.no-media', message: 'It contains neither video nor audio of any length.' };
    const base = file.slice(0, -extname(file).length);
    const info = await readInfoJson(infoJsonPaths(base).map((path) => join(this.root.path, path)));
    const streamer = isGiven ? streamers[0] : streamerOf([info?.streamerName, ...foldersOf(file)], streamers);
    if (!streamer)
      return {
        code: 'import.unknown-streamer',
        message: "No folder above it has a streamer's name. Add the streamer, or name it with streamerId.",
      };
    const written = new Date(Math.max(0, changedAt - durationSeconds * 1000)).toISOString();
    const codecs = [probe.video?.codecs, probe.audio?.codecs].filter((codec) => codec !== undefined).join(',');
    return {
      streamerId: streamer.id,
      streamerName: streamer.name,
      title: info?.title ?? (named.title || probe.title || basename(base)).slice(0, 500),
      category: info?.category ?? null,
      recordedAt: info?.recordedAt ?? named.recordedAt ?? written,
      durationSeconds,
      bytes,
      width: probe.video?.width ?? null,
      height: probe.video?.height ?? null,
      codecs: codecs === '' ? null : codecs,
      file,
      thumbnailFile: pictureOf(file),
      chapters: chaptersFrom(info?.chapters ?? [], durationSeconds),
    };
  }

  /** Recorded videos have no claim on their content: the same size in bytes and the same length mean the same video. */
  async #twinOf({ bytes }: FoundFile, { durationSeconds = 0 }: MediaProbe): Promise<VideoRow | undefined> {
    const rows = await this.em.fork().find(VideoRow, { bytes });
    return rows.find((row) => Math.abs(row.durationSeconds - durationSeconds) < 0.1);
  }

  async #placeOf(videoId: number): Promise<VideoRow['place'] | undefined> {
    return (await this.streams.peek(videoId))?.place.kind;
  }

  async #isBeingFinished(recordingId: number): Promise<boolean> {
    try {
      return !finished.has((await this.queries.execute(new GetRecording(recordingId))).state);
    } catch (error) {
      if (error instanceof RecordingNotFound) return false;
      throw error;
    }
  }
}

/** Without holes, from the start of the file to its end; what lies behind that is of another file. */
function chaptersFrom(chapters: readonly InfoChapter[], durationSeconds: number): ImportedFacts['chapters'] {
  const within = chapters.filter(({ atSeconds }) => atSeconds < durationSeconds);
  return within.map(({ atSeconds, title, category }, index) => ({
    startSeconds: index === 0 ? 0 : atSeconds,
    endSeconds: within[index + 1]?.atSeconds ?? durationSeconds,
    title,
    category,
  }));
}

/** The nearest folder first. */
const foldersOf = (file: string): string[] => file.split('/').slice(0, -1).toReversed();

/** The first of these names that a streamer has, ignoring case. */
export function streamerOf(
  names: readonly (string | undefined)[],
  streamers: readonly ImportStreamer[],
): ImportStreamer | undefined {
  const byName = new Map(streamers.map((streamer) => [searchable(streamer.name), streamer]));
  for (const name of names) {
    const streamer = name === undefined ? undefined : byName.get(searchable(name));
    if (streamer) return streamer;
  }
  return undefined;
}

const skipped = (why: string, message: string): ImportOutcome => ({
  kind: 'skipped',
  cause: { code: `import.${why}`, message },
});

function inLibrary(videoId: number, place: string): ImportOutcome {
  if (place === 'library') return skipped('already-there', `It is video ${videoId}.`);
  if (place === 'purged')
    return skipped('deleted', `It is video ${videoId}, which was deleted. Deleted videos are not imported again.`);
  return skipped('in-bin', `It is video ${videoId}, which is in the bin. Restore it there.`);
}

/** A fault of the file rather than of the program; undefined for any other. */
function unreadable(error: unknown): Cause | undefined {
  if (error instanceof MediaToolFailed || error instanceof MediaToolTimedOut)
    return {
      code: 'import.no-media',
      message: 'It cannot be read as a video: it is damaged, unfinished, or something else.',
    };
  if (error instanceof SidecarDamaged)
    return {
      code: error.code,
      message: `${error.message} Mend or remove that file; without it the video is imported as any other.`,
    };
  const code = errorCode(error) ?? 'unknown';
  return /^E[A-Z]+$/.test(code) ? { code: 'import.unreadable', message: `The system answered ${code}.` } : undefined;
}

const isThere = (path: string): Promise<boolean> =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
