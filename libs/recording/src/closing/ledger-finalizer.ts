import {
  LEDGER_FILE,
  LedgerWriter,
  readLedger,
  readSoundedRuns,
  SOUND_FOLDER,
  type Ledger,
  type Run,
} from '@streamvault/capture';
import { chapterName, chaptersOf } from '../domain/media-time.js';
import type { Media } from '@streamvault/media';
import { access } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isNear } from '../domain/near-instants.js';
import { type RecordingContext, SOUND_GAP } from '../domain/recording-context.js';
import type { Output } from '../domain/recording-events.js';
import type { ClosedCapture, Clock, Finalizer, OutputNames } from '../ports.js';
import type { WorkFolders } from '../recorder/work-folders.js';
import { DiskGone } from '@streamvault/storage';
import type { LibraryRoot } from './library-root.js';
import { toMediaRun } from './to-media-run.js';

/** A closed capture's folder is empty, although its recording says that it holds media. */
export class CaptureMissing extends Error {
  readonly code = 'finalize.capture-missing';
  constructor(directory: string) {
    super(`${directory} is empty. Bring the folder back, or cancel the recording.`);
    this.name = new.target.name;
  }
}

/** Turns the ledger and its parts into videos below the library's root. */
export class LedgerFinalizer implements Finalizer {
  constructor(
    private readonly folders: WorkFolders,
    private readonly media: Media,
    private readonly library: LibraryRoot,
    private readonly names: OutputNames,
    private readonly clock: Clock,
  ) {}

  async close({ parts, recordingId }: RecordingContext): Promise<ClosedCapture> {
    const directory = this.folders.path(recordingId);
    const ledger = await this.#settle(directory, recordingId, parts.length > 0);
    if (!ledger) throw new CaptureMissing(directory);
    const soundDirectory = join(directory, SOUND_FOLDER);
    const sound = (await exists(join(soundDirectory, LEDGER_FILE)))
      ? await this.#settle(soundDirectory, recordingId, true)
      : undefined;
    const ads = ledger.ads.map(({ from, to, seconds, kept }) => ({ from, to, seconds, kept }));
    const gaps = ledger.gaps.map(({ from, to, seconds, cause }) => ({ from, to, seconds, cause }));
    return {
      ...ledger.totals,
      bytes: ledger.totals.bytes + (sound?.totals.bytes ?? 0),
      ...ledger.losses,
      gaps: [...gaps, ...soundGaps(sound, gaps)],
      ads,
      parts: ledger.parts.map(
        ({ number, container, reason, openedAt, closedAt, bytes, segments, durationSeconds }) => ({
          number,
          container,
          reason,
          openedAt,
          closedAt: closedAt ?? openedAt,
          bytes,
          segments,
          durationSeconds,
        }),
      ),
    };
  }

  /** Closes what a killed capture left open. */
  async #settle(directory: string, recordingId: number, mustExist: boolean): Promise<Ledger | undefined> {
    const at = new Date(this.clock.now()).toISOString();
    if (mustExist && !(await exists(join(directory, LEDGER_FILE)))) {
      // In a root that was only just created nothing can have been removed: its disk is missing.
      if (this.folders.isNew) throw new DiskGone(directory);
      throw new CaptureMissing(directory);
    }
    const { writer } = await LedgerWriter.open(directory, recordingId, at, { mustExist });
    await writer.close();
    return readLedger(directory);
  }

  async finalize(
    context: RecordingContext,
    signal: AbortSignal,
    onProgress: (share: number) => void = () => {},
  ): Promise<readonly Output[]> {
    const directory = this.folders.path(context.recordingId);
    await this.library.requireThere();
    const ledger = await readLedger(directory);
    if (!ledger || ledger.segments.length === 0) throw new CaptureMissing(directory);
    const soundDirectory = join(directory, SOUND_FOLDER);
    const soundLedger = await readLedger(soundDirectory);
    const runs = readSoundedRuns(ledger, soundLedger);
    const startOf = (index: number): string | null => {
      const startsAt = runs[index]?.run.startsAt ?? null;
      return startsAt !== null && isNear(startsAt, context.requestedAt) ? startsAt : null;
    };
    // Named after the recording's own beginning, so that another attempt finds what the last one finished.
    const output = join(this.library.path, await this.names.fileOf(context, startOf(0)));
    const byLedger = timelineOf(runs.map(({ run }) => run));
    const videos = await this.media.finalizeRuns({
      runs: runs.map(({ run, sound }) => ({
        ...toMediaRun(run, directory),
        ...(sound && { sound: toMediaRun(sound, soundDirectory) }),
      })),
      outputFor: () => output,
      workDirectory: join(directory, 'finalize'),
      title: context.title ?? context.streamerName,
      chapters: chaptersOf(context.titles, byLedger, ledger.totals.durationSeconds).map((chapter) => ({
        ...chapter,
        title: chapterName(chapter),
      })),
      ...(this.library.owner !== undefined && { owner: `${this.library.owner}:${context.recordingId}` }),
      signal,
      onProgress,
    });
    return videos.map(({ path, bytes, durationSeconds, probe, runs: held }) => ({
      // The name may differ from the wanted one, if another file has that.
      file: relative(this.library.path, path).replaceAll(sep, '/'),
      bytes,
      durationSeconds,
      width: probe.video?.width ?? null,
      height: probe.video?.height ?? null,
      codecs: [probe.video?.codecs, probe.audio?.codecs].filter((codec) => codec !== undefined).join(',') || null,
      startedAt: startOf(held[0] ?? 0),
      timeline: timelineOf(held.flatMap((number) => runs[number]?.run ?? [])),
    }));
  }
}

/** Where the wall clock lies in a file that holds these runs one after the other. */
function timelineOf(runs: readonly Run[]): Output['timeline'] {
  let mediaSeconds = 0;
  return runs.flatMap(({ startsAt, durationSeconds }) => {
    const begins = mediaSeconds;
    mediaSeconds += durationSeconds;
    return startsAt === null || startsAt === undefined ? [] : [{ startsAt, mediaSeconds: begins, durationSeconds }];
  });
}

/**
 * Gaps of separate audio where the video is there. They are reported, but are not a loss of the broadcast as a whole.
 */
function soundGaps(sound: Ledger | undefined, picture: ClosedCapture['gaps']): ClosedCapture['gaps'] {
  const lost = sound?.gaps.filter((gap) => !picture.some(({ from, to }) => from <= gap.from && gap.to <= to)) ?? [];
  return lost.map(({ from, to, seconds, cause }) => ({
    from,
    to,
    seconds,
    cause: { code: `${SOUND_GAP}${cause.code}`, message: `The audio of this span is missing. ${cause.message}` },
  }));
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
