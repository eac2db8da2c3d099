import { errorCode } from '@streamvault/failures';
import { DomainError } from '@streamvault/kernel';
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { demoArguments, fontFile, playlistFile, segmentFile, segmentSeconds } from './demo-arguments.js';
import { systemClock, type Clock } from '@streamvault/capture';
import { DemoProcess } from './demo-process.js';
import { endStaleProcess, rememberProcess } from './stale-process.js';

export interface DemoLogger {
  info(message: string, details?: Readonly<Record<string, unknown>>): void;
  warn(message: string, details?: Readonly<Record<string, unknown>>): void;
}

export interface DemoChannelOptions {
  readonly ffmpegPath: string;
  /** A TrueType font for the text in the video. */
  readonly fontFile: string;
  /** Its own folder: created if missing, and leftovers of earlier runs are removed. */
  readonly directory: string;
  readonly logger: DemoLogger;
  readonly clock?: Pick<Clock, 'now' | 'sleep'>;
  /** How long no request must have arrived before ffmpeg is stopped. */
  readonly idleSeconds?: number;
  /** How long the first segment may take to appear. */
  readonly startSeconds?: number;
}

export interface DemoFile {
  readonly body: Buffer;
  readonly contentType: string;
}

export interface DemoStatus {
  readonly state: 'off' | 'starting' | 'on' | 'failed';
  readonly pid: number | undefined;
  /** ISO 8601: the last request for the playlist or a segment. */
  readonly lastRequestAt: string | undefined;
  /** Why the last attempt failed, until one succeeds. */
  readonly failure: string | undefined;
}

/** The demo channel could not be started. The message is for a person and contains ffmpeg's error. */
export class DemoChannelUnavailable extends DomainError {
  readonly code = 'demo.unavailable';
  readonly kind = 'unavailable';

  constructor(message: string, options?: ErrorOptions) {
    super(message, {}, options);
  }
}

interface Run {
  readonly directory: string;
  readonly process: DemoProcess;
  /**
   * The last playlist that was read completely: old ffmpeg writes it in place, and a reader may meet it half-written.
   */
  playlist?: Buffer;
}

/** After a failure the same answer is given for this long, so that not every request starts another ffmpeg. */
const retryMilliseconds = 3000;
/** ffmpeg gives output many times a second; a silence this long means that it hangs. */
const silenceMilliseconds = 15_000;
const pollMilliseconds = 100;

/**
 * A live HLS channel made on this machine, so that StreamVault can be tried without an account or the internet.
 *
 * ffmpeg runs from the first request until there were none for a while; a recording's own polling keeps it running.
 * Media sequence numbers never go back, over restarts of ffmpeg or the server, and over a wiped folder: a run starts at
 * the two-second slot of the wall clock, or after the last segment on disk if that is later. Every run begins with a
 * discontinuity and has its own folder, so that a dying predecessor cannot write into it.
 */
export class DemoChannel {
  readonly #options: DemoChannelOptions;
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  readonly #closing = new AbortController();
  #run: Run | undefined;
  #starting: Promise<void> | undefined;
  #failure: { readonly error: DemoChannelUnavailable; readonly at: number } | undefined;
  #lastRequestAt: number | undefined;

  constructor(options: DemoChannelOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Resolves once the playlist lists a segment.
   * @throws DemoChannelUnavailable with ffmpeg's last output, after a bounded wait, or once the channel was stopped
   */
  async ensureRunning(): Promise<void> {
    this.#lastRequestAt = this.#clock.now();
    if (this.#closing.signal.aborted) throw new DemoChannelUnavailable('The demo channel was stopped with the server.');
    if (this.#starting) return this.#starting;
    if (this.#run && !this.#run.process.ended && this.#run.process.silentFor < silenceMilliseconds) return;
    if (this.#failure && this.#clock.now() - this.#failure.at < retryMilliseconds) throw this.#failure.error;
    this.#starting = this.#start().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  /** The playlist or a segment; undefined for any other name, and for a segment that is gone or does not exist yet. */
  async read(fileName: string): Promise<DemoFile | undefined> {
    if (fileName !== playlistFile && !segmentFile.test(fileName)) return undefined;
    this.#lastRequestAt = this.#clock.now();
    if (!this.#run) return undefined;
    if (fileName === playlistFile) {
      const body = await readPlaylist(this.#run);
      return body && { body, contentType: 'application/vnd.apple.mpegurl' };
    }
    const body = await readIfThere(join(this.#run.directory, fileName));
    return body && { body, contentType: 'video/mp2t' };
  }

  /** Ends with the server. */
  onModuleDestroy(): Promise<void> {
    return this.stop();
  }

  /** Ends the channel permanently; resolves when ffmpeg is gone. */
  async stop(): Promise<void> {
    this.#closing.abort();
    // A running start notices the abort and cleans up after itself; its failure goes to those who requested it.
    await this.#starting?.catch(() => undefined);
    await this.#endRun();
  }

  status(): DemoStatus {
    const on = this.#run !== undefined && !this.#run.process.ended;
    const atRest = this.#failure ? 'failed' : 'off';
    return {
      state: this.#starting ? 'starting' : on ? 'on' : atRest,
      pid: on ? this.#run?.process.pid : undefined,
      lastRequestAt: this.#lastRequestAt === undefined ? undefined : new Date(this.#lastRequestAt).toISOString(),
      failure: this.#failure?.error.message,
    };
  }

  async #start(): Promise<void> {
    try {
      await this.#endRun();
      const run = await this.#launch();
      await this.#firstSegment(run);
      this.#failure = undefined;
      this.#options.logger.info('The demo channel is on.', { pid: run.process.pid });
      void this.#stopWhenIdle(run);
    } catch (cause) {
      await this.#endRun();
      const error = cause instanceof DemoChannelUnavailable ? cause : unavailable(cause);
      this.#failure = { error, at: this.#clock.now() };
      if (!this.#closing.signal.aborted) this.#options.logger.warn(error.message);
      throw error;
    }
  }

  async #launch(): Promise<Run> {
    const { directory, ffmpegPath } = this.#options;
    const pidFile = join(directory, 'ffmpeg.pid');
    await mkdir(directory, { recursive: true });
    if (await endStaleProcess(pidFile)) this.#options.logger.info('Ended the ffmpeg of an earlier demo channel.');

    const startedAt = this.#clock.now();
    const firstSequence = Math.max(Math.floor(startedAt / 1000 / segmentSeconds), (await this.#lastSequence()) + 1);
    for (const old of await formerRuns(directory)) await rm(join(directory, old), { recursive: true, force: true });

    const runDirectory = join(directory, `run-${firstSequence}`);
    await mkdir(runDirectory);
    await copyFile(this.#options.fontFile, join(runDirectory, fontFile));
    const mark = `streamvault-demo-${randomUUID()}`;
    const args = demoArguments({ firstSequence, startedAt, mark });
    const run = { directory: runDirectory, process: new DemoProcess(ffmpegPath, args, runDirectory, this.#clock) };
    this.#run = run;
    if (run.process.pid !== undefined) await rememberProcess(pidFile, run.process.pid, mark);
    return run;
  }

  /**
   * The highest number of any segment on disk, or -1. The run's own name counts too, because it may have made none yet.
   */
  async #lastSequence(): Promise<number> {
    const { directory } = this.#options;
    const numbers = [-1];
    for (const run of await formerRuns(directory)) {
      for (const name of [run, ...(await readdir(join(directory, run)))])
        numbers.push(Number(/-(\d+)/.exec(name)?.[1] ?? -1));
    }
    return Math.max(...numbers);
  }

  async #firstSegment(run: Run): Promise<void> {
    const deadline = this.#clock.now() + (this.#options.startSeconds ?? 20) * 1000;
    while (!(await readPlaylist(run))) {
      if (this.#closing.signal.aborted)
        throw new DemoChannelUnavailable('The demo channel was stopped with the server.');
      if (run.process.ended)
        throw new DemoChannelUnavailable(`The demo channel did not start: ${run.process.lastWords}.`);
      if (this.#clock.now() >= deadline) {
        throw new DemoChannelUnavailable(`The demo channel made no video in time: ${run.process.lastWords}.`);
      }
      await this.#clock.sleep(pollMilliseconds, this.#closing.signal);
    }
  }

  async #stopWhenIdle(run: Run): Promise<void> {
    const idleMilliseconds = (this.#options.idleSeconds ?? 60) * 1000;
    const over = new AbortController();
    const stop = () => over.abort();
    this.#closing.signal.addEventListener('abort', stop, { once: true });
    void run.process.end.then(stop);
    while (!over.signal.aborted) {
      const left = (this.#lastRequestAt ?? 0) + idleMilliseconds - this.#clock.now();
      if (left <= 0) break;
      await this.#clock.sleep(left, over.signal);
    }
    this.#closing.signal.removeEventListener('abort', stop);
    if (this.#run !== run || this.#closing.signal.aborted) return;
    if (run.process.ended) {
      this.#options.logger.warn(`The demo channel's ffmpeg ended by itself: ${run.process.lastWords}.`);
      return;
    }
    await this.#endRun();
    this.#options.logger.info('The demo channel is off: nobody watches it.');
  }

  async #endRun(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    await run?.process.stop();
  }
}

async function formerRuns(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => /^run-\d+$/.test(name));
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function readPlaylist(run: Run): Promise<Buffer | undefined> {
  const playlist = await readIfThere(join(run.directory, playlistFile));
  if (playlist && isWhole(playlist)) run.playlist = playlist;
  return run.playlist;
}

/** Without an end marker, a complete playlist ends with the name of its newest segment. */
function isWhole(playlist: Buffer): boolean {
  const text = playlist.toString();
  return text.startsWith('#EXTM3U') && /^seg-\d+\.ts\n$/m.test(text.slice(text.lastIndexOf('\n', text.length - 2) + 1));
}

function unavailable(cause: unknown): DemoChannelUnavailable {
  return new DemoChannelUnavailable(`The demo channel did not start: ${String(cause)}.`, { cause });
}
