import {
  type CaptureEngine,
  type CaptureRequest,
  chooseVariant,
  DEFAULT_HLS_SETTINGS,
  type Excerpt,
  excerptOf,
  HttpClient,
  type Ledger,
  parsePlaylist,
  PlaylistError,
  readLedger,
  readSoundedRuns,
  type Run,
  SOUND_FOLDER,
} from '@streamvault/capture';
import type { MediaRun } from '@streamvault/media';
import { type Connections, toFault } from '@streamvault/network';
import { writeContentDurably } from '@streamvault/media';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toMediaRun } from '../closing/to-media-run.js';
import type { GapFillStatus, RecordingContext } from '../domain/recording-context.js';
import type { ServerSources } from '../sources/server-sources.js';

/** What was found in the platform's video, and why it cannot be taken. */
export class SpanUnavailable extends Error {
  override readonly name = 'SpanUnavailable';
  constructor(
    readonly code: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface FetchedStretch {
  readonly run: MediaRun;
  /** ISO 8601 UTC. */
  readonly startsAt: string;
}

/** The bytes of a span, one stretch after the other. It may begin before the gap and end after it. */
export interface FetchedSpan {
  readonly stretches: readonly FetchedStretch[];
  readonly mutedSeconds: number;
}

export interface GapDownloadParts {
  readonly engine: CaptureEngine;
  readonly sources: Pick<ServerSources, 'resolveVideo'>;
  readonly connections: Connections;
}

const NOTE = 'excerpt.json';
const playlistSeconds = 60;

/**
 * Fetches what a gap lacks from a video of the broadcast, as a capture fetches a broadcast: through the same routes and
 * guard, with the same retries, into parts with a ledger. What was fetched before an interruption is not fetched again.
 */
export class GapDownload {
  constructor(private readonly parts: GapDownloadParts) {}

  /** @throws SourceUnavailable, SpanUnavailable, or the signal's reason */
  async fetch(
    context: RecordingContext,
    fill: GapFillStatus,
    directory: string,
    signal: AbortSignal,
    onProgress: (share: number) => void = () => {},
  ): Promise<FetchedSpan> {
    await mkdir(directory, { recursive: true });
    const before = await readLedger(directory);
    if (before?.ended === undefined) await this.#capture(context, fill, directory, signal, onProgress);
    const ledger = await readLedger(directory);
    if (!ledger || ledger.segments.length === 0)
      throw new SpanUnavailable('gap-fill.nothing', 'The video of the platform has nothing of this span.');
    requireAll(ledger);
    const sound = await readLedger(join(directory, SOUND_FOLDER));
    const stretches = readSoundedRuns(ledger, sound).map(({ run, sound: apart }) => ({
      startsAt: run.startsAt,
      run: {
        ...asUnknown(run, directory),
        ...(apart && { sound: asUnknown(apart, join(directory, SOUND_FOLDER)) }),
      },
    }));
    return { stretches, mutedSeconds: await mutedIn(directory) };
  }

  async #capture(
    context: RecordingContext,
    fill: GapFillStatus,
    directory: string,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<void> {
    const { source, excerpt } = await this.#find(context, fill, signal);
    await writeContentDurably(join(directory, NOTE), JSON.stringify({ mutedSeconds: excerpt.mutedSeconds }));
    const end = await this.parts.engine.capture(
      { recordingId: context.recordingId, directory, source, quality: context.quality, ads: 'keep' },
      {
        fact: () => Promise.resolve(),
        progress: ({ durationSeconds }) => onProgress(Math.min(1, durationSeconds / excerpt.seconds)),
      },
      signal,
      signal,
    );
    signal.throwIfAborted();
    if (end.kind === 'failed') throw new SpanUnavailable(end.cause.code, end.cause.message);
  }

  /** The segments of the span as a source of their own. */
  async #find(
    context: RecordingContext,
    { from, to, source: video }: GapFillStatus,
    signal: AbortSignal,
  ): Promise<{ source: CaptureRequest['source']; excerpt: Excerpt }> {
    const { sources, connections } = this.parts;
    const master = await sources.resolveVideo(video.id, { ...context.source, proxies: context.proxies }, signal);
    const address = this.#mediaAddress(master, context.quality);
    const http = new HttpClient(DEFAULT_HLS_SETTINGS, connections, { ...master, url: address });
    try {
      const { text, url } = await http.getText(address, {
        ...(master.headers && { headers: master.headers }),
        totalSeconds: playlistSeconds,
        signal,
      });
      const playlist = parsePlaylist(text, url);
      if (playlist.kind === 'master') throw new SpanUnavailable('playlist.malformed', 'The video lists no segments.');
      const span = { fromMs: Date.parse(from), toMs: Date.parse(to) };
      const excerpt = excerptOf(playlist, Date.parse(video.startsAt), span);
      if (!excerpt)
        throw new SpanUnavailable('gap-fill.nothing', 'The video of the platform has nothing of this span.');
      const { playlist: _master, ...way } = master;
      return { excerpt, source: { ...way, url, playlist: excerpt.text } };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SpanUnavailable) throw error;
      if (error instanceof PlaylistError) throw new SpanUnavailable(error.code, error.message, { cause: error });
      const { code, message } = toFault(error, address).reason;
      throw new SpanUnavailable(code, message, { cause: error });
    }
  }

  #mediaAddress({ playlist, url }: { readonly playlist: string; readonly url: string }, quality: string): string {
    const master = parsePlaylist(playlist, url);
    const variant = master.kind === 'master' ? chooseVariant(master, quality) : undefined;
    if (variant === undefined) throw new SpanUnavailable('playlist.malformed', 'The video offers nothing to fetch.');
    return variant.url;
  }
}

/** A hole in what fills a hole would be worse than the hole: nobody would look for it there. */
function requireAll({ gaps }: Ledger): void {
  const [lost] = gaps;
  if (lost) throw new SpanUnavailable(lost.cause.code, `A part of the span cannot be fetched. ${lost.cause.message}`);
}

/** The words of another capture for its codings say nothing here. */
const asUnknown = (run: Run, directory: string): MediaRun => ({ ...toMediaRun(run, directory), signature: 'unknown' });

async function mutedIn(directory: string): Promise<number> {
  const note = JSON.parse(await readFile(join(directory, NOTE), 'utf8')) as { readonly mutedSeconds: number };
  return note.mutedSeconds;
}
