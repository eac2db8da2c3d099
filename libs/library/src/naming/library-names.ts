import { Inject, Injectable } from '@nestjs/common';
import { INSTALLATION, type Installation } from '@streamvault/kernel';
import { LibraryRoot, type OutputNames, type RecordingContext } from '@streamvault/recording';
import { StreamerStreams } from '@streamvault/streamers';
import { readdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { LibraryStream } from '../choices/library-stream.js';
import type { ExistingVideo } from '../domain/video-state.js';
import { Episodes } from './episodes.js';
import { MOST_BASE_BYTES, nameByTemplate } from './name-template.js';
import { cutToBytes } from './file-name.js';

type NamedFacts = Pick<
  ExistingVideo,
  'videoId' | 'recordingId' | 'streamerId' | 'streamerName' | 'title' | 'category' | 'recordedAt' | 'file'
>;

/** Names of videos by the template that was chosen. */
@Injectable()
export class LibraryNames implements OutputNames {
  readonly #zone: string;

  constructor(
    private readonly library: LibraryStream,
    private readonly episodes: Episodes,
    private readonly root: LibraryRoot,
    @Inject(INSTALLATION) { timeZone }: Pick<Installation, 'timeZone'>,
    private readonly streamers: StreamerStreams,
  ) {
    this.#zone = timeZone;
  }

  get zone(): string {
    return this.#zone;
  }

  async fileOf(context: RecordingContext, startedAt: string | null): Promise<string> {
    const { recordingId, streamerId, streamerName, title, category } = context;
    const recordedAt = startedAt ?? context.startedAt ?? context.requestedAt;
    const template = await this.#templateFor(streamerId, (await this.library.choices()).template);
    const numberOfDay = await this.episodes.take({ recordingId, videoId: null, streamerId, recordedAt }, this.#zone);
    const video = { streamerName, title: title ?? '', category, recordedAt, id: String(recordingId), numberOfDay };
    const wanted = `${nameByTemplate(template, video, this.#zone)}.mp4`;
    // A name that is taken exactly is the finalizer's to judge: it may be this recording's own.
    const others = await namesIn(join(this.root.path, dirname(wanted)));
    return numbered(wanted, (file) => !others.exact.has(basename(file)) && others.folded.has(folded(basename(file))));
  }

  /** The streamer's own template takes precedence. */
  async #templateFor(streamerId: number, forAll: string): Promise<string> {
    return (await this.streamers.find(streamerId))?.nameTemplate ?? forAll;
  }

  /** The name that a video should have; with `planned`, one that it would get, and nothing is noted down. */
  async wantedFor(video: NamedFacts, forAll: string, planned?: Set<string>): Promise<string> {
    const template = await this.#templateFor(video.streamerId, forAll);
    const { recordingId, videoId, streamerId, streamerName, title, category, recordedAt, file } = video;
    const owner = { recordingId, videoId, streamerId, recordedAt };
    const numberOfDay = !template.includes('{episode}')
      ? 1
      : planned
        ? await this.episodes.foresee(owner, this.#zone, planned)
        : await this.episodes.take(owner, this.#zone);
    const id = recordingId === null ? `v${videoId}` : String(recordingId);
    const named = { streamerName, title, category, recordedAt, id, numberOfDay };
    return `${nameByTemplate(template, named, this.#zone)}${extname(file).toLowerCase()}`;
  }
}

/** As file systems compare that take no notice of case. */
export const folded = (name: string): string => name.normalize('NFC').toLowerCase().normalize('NFC');

/** `name (2).mp4`, `name (3).mp4`, … until one is free. */
export async function numbered(file: string, isTaken: (file: string) => boolean | Promise<boolean>): Promise<string> {
  const extension = extname(file);
  const base = file.slice(0, file.length - extension.length);
  for (let number = 1; ; number += 1) {
    const suffix = number === 1 ? '' : ` (${number})`;
    const folder = dirname(base) === '.' ? '' : `${dirname(base)}/`;
    const name = suffix === '' ? basename(base) : cutToBytes(basename(base), MOST_BASE_BYTES - suffix.length).trimEnd();
    const candidate = `${folder}${name}${suffix}${extension}`;
    if (!(await isTaken(candidate))) return candidate;
  }
}

export interface NamesInFolder {
  readonly exact: ReadonlySet<string>;
  readonly folded: ReadonlySet<string>;
}

/** None where there is no such folder yet. */
export async function namesIn(folder: string): Promise<NamesInFolder> {
  const names = await readdir(folder).catch(() => []);
  return { exact: new Set(names), folded: new Set(names.map((name) => folded(name))) };
}
