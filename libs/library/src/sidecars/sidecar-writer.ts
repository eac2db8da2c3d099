import { Inject, Injectable } from '@nestjs/common';
import type { EventStore, StreamName } from '@streamvault/event-store';
import { EVENT_STORE, restoredOf } from '@streamvault/kernel';
import { copyDurably, MEDIA, type Media, MediaToolFailed, NoVideoStream } from '@streamvault/media';
import { chapterName, LibraryRoot, recordingStream } from '@streamvault/recording';
import { StreamerStreams } from '@streamvault/streamers';
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LibraryStream } from '../choices/library-stream.js';
import { videoStream } from '../domain/video-events.js';
import type { ExistingVideo } from '../domain/video-state.js';
import { Episodes } from '../naming/episodes.js';
import { sanitizeName } from '../naming/file-name.js';
import { LibraryNames } from '../naming/library-names.js';
import { episodeOf } from '../naming/name-template.js';
import { infoPath, nfoPath, pictureCopyPath, trickplayPath } from '../naming/sidecars.js';
import { VideoStreams } from '../video-streams.js';
import { infoText, isOursByText, keptOf, type KeptEvent } from './info-file.js';
import { episodeNfo, isOurNfo, seasonNfo, showNfo } from './nfo.js';
import { writeOwnFile } from './own-file.js';

/** As Jellyfin looks for it: wide tiles, and the interval that it takes for granted. */
const TRICKPLAY = { tile: { width: 320, height: 180, columns: 10, rows: 10 }, intervalSeconds: 10 } as const;

/**
 * Writes what stands beside a video: the info file that the library can be rebuilt from, and what media servers read. It may be run again
 * at any time; what would not change is not touched, and what somebody else wrote is left alone.
 */
@Injectable()
export class SidecarWriter {
  constructor(
    @Inject(EVENT_STORE) private readonly store: Pick<EventStore, 'readStream'>,
    @Inject(MEDIA) private readonly media: Pick<Media, 'makeStoryboard' | 'makePoster'>,
    private readonly root: LibraryRoot,
    private readonly library: LibraryStream,
    private readonly streams: VideoStreams,
    private readonly streamers: StreamerStreams,
    private readonly episodes: Episodes,
    private readonly names: LibraryNames,
  ) {}

  /**
   * @returns whether anything was written
   * @throws FolderGone, StorageFull, StorageRefused
   */
  async write(videoId: number, signal?: AbortSignal): Promise<boolean> {
    await this.root.requireThere();
    const video = await this.streams.peek(videoId);
    // While it moves, the mover has its files; one whose file is gone has nothing that a file could stand beside.
    if (!video || video.moving || video.place.kind === 'purging' || video.place.kind === 'purged') return false;
    if (!(await isFile(join(this.root.path, video.file)))) return false;
    const { nfo, artwork, trickplay } = await this.library.choices();
    const written = [await this.#info(video)];
    if (nfo) written.push(...(await this.#nfo(video)));
    if (artwork) written.push(...(await this.#artwork(video, signal)));
    if (trickplay) written.push(await this.#trickplay(video, signal));
    return written.includes(true);
  }

  async #info(video: ExistingVideo): Promise<boolean> {
    const { videoId, recordingId, streamerId, streamerName } = video;
    const streamer = await this.streamers.find(streamerId);
    const numberOfDay = await this.episodes.take(video, this.names.zone);
    const events = recordingId === null ? [] : await this.#kept(recordingStream(recordingId));
    const text = infoText(
      {
        streamer: {
          id: streamerId,
          name: streamer?.name ?? streamerName,
          url: streamer?.url ?? null,
          platform: streamer?.platform ?? null,
        },
        episode: { ...episodeOf(video.recordedAt, numberOfDay, this.names.zone), numberOfDay },
        video: { id: videoId, events: await this.#kept(videoStream(videoId)) },
        recording: recordingId === null || events.length === 0 ? null : { id: recordingId, events },
      },
      summaryOf(video),
    );
    return this.#write(infoPath(video.file), text, isOursByText);
  }

  async #nfo(video: ExistingVideo): Promise<boolean[]> {
    const { streamerId, streamerName, file, recordedAt } = video;
    const streamer = await this.streamers.find(streamerId);
    const platform = streamer?.platform ?? null;
    const zone = this.names.zone;
    const episode = episodeOf(recordedAt, await this.episodes.take(video, zone), zone);
    const written = [await this.#write(nfoPath(file), episodeNfo({ video, episode, zone, platform }), isOurNfo)];
    const folder = showFolderOf(video);
    if (folder === undefined) return written;
    const show = showNfo({
      streamerId,
      streamerName: streamer?.name ?? streamerName,
      platform,
      url: streamer?.url ?? null,
    });
    written.push(await this.#write(`${folder}/tvshow.nfo`, show, isOurNfo));
    const [, season] = /^Season (\d{1,6})$/.exec(basename(dirname(file))) ?? [];
    if (season !== undefined)
      written.push(await this.#write(`${dirname(file)}/season.nfo`, seasonNfo(Number(season)), isOurNfo));
    return written;
  }

  /** Kodi and Plex look for the picture under different names; a streamer's own pictures are taken where there are none. */
  async #artwork(video: ExistingVideo, signal: AbortSignal | undefined): Promise<boolean[]> {
    const picture = join(this.root.path, video.thumbnailFile);
    if (!(await isFile(picture))) return [];
    const written = [await this.#copy(picture, join(this.root.path, pictureCopyPath(video.file)), 'renew')];
    const folder = showFolderOf(video);
    if (folder === undefined) return written;
    written.push(await this.#copy(picture, join(this.root.path, folder, 'fanart.jpg'), 'once'));
    const poster = join(this.root.path, folder, 'poster.jpg');
    if (!(await isFile(poster))) {
      try {
        await this.media.makePoster({ input: picture, output: poster, ...(signal && { signal }) });
        written.push(true);
      } catch (error) {
        // A streamer without a poster is a streamer; a picture that is none has been seen by the step that made it.
        if (!(error instanceof MediaToolFailed)) throw error;
      }
    }
    return written;
  }

  async #trickplay(video: ExistingVideo, signal: AbortSignal | undefined): Promise<boolean> {
    const { tile, intervalSeconds } = TRICKPLAY;
    const folder = join(this.root.path, trickplayPath(video.file), `${tile.width} - ${tile.columns}x${tile.rows}`);
    if (await isFile(join(folder, '0.jpg'))) return false;
    try {
      const input = join(this.root.path, video.file);
      await this.media.makeStoryboard({ input, output: folder, tile, intervalSeconds, ...(signal && { signal }) });
      return true;
    } catch (error) {
      if (error instanceof NoVideoStream) return false;
      throw error;
    }
  }

  async #kept(stream: StreamName): Promise<KeptEvent[]> {
    const events: KeptEvent[] = [];
    for await (const event of this.store.readStream(stream)) {
      const recordedAt = restoredOf(event.metadata)?.recordedAt ?? event.recordedAt;
      events.push({ ...keptOf(event), recordedAt });
    }
    return events;
  }

  async #write(file: string, text: string, isOurs: (text: string) => boolean): Promise<boolean> {
    return (await writeOwnFile(join(this.root.path, file), text, isOurs)) === 'written';
  }

  async #copy(from: string, to: string, mode: 'once' | 'renew'): Promise<boolean> {
    const [source, there] = [await stat(from), await stat(to).catch(() => undefined)];
    if (there && (mode === 'once' || (there.size === source.size && there.mtimeMs >= source.mtimeMs))) return false;
    await copyDurably(from, to);
    return true;
  }
}

/** The folder of a streamer, where the layout has one: named so, and the video in it. */
function showFolderOf({ file, streamerName }: ExistingVideo): string | undefined {
  const [first, second] = file.split('/');
  return second !== undefined && first === sanitizeName(streamerName, 100) ? first : undefined;
}

const summaryOf = ({ title, streamerName, category, recordedAt, durationSeconds, chapters }: ExistingVideo) => ({
  title,
  channel: streamerName,
  categories: category === null ? [] : [category],
  timestamp: Math.floor(Date.parse(recordedAt) / 1000),
  duration: durationSeconds,
  chapters: chapters.map((chapter) => ({
    start_time: chapter.startSeconds,
    end_time: chapter.endSeconds,
    title: chapterName(chapter),
  })),
});

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
