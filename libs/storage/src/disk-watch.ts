import type { KernelLogger } from '@streamvault/kernel';
import { DiskGone, DiskLow } from './disk-errors.js';
import type { DiskReading, WatchedFolder } from './disks.js';
import type { Threshold } from './threshold.js';
import { bytesInWords, secondsInWords } from './words.js';

export interface DiskThresholds {
  readonly warn: Threshold;
  readonly refuse: Threshold;
  readonly stop: Threshold;
}

export type DiskLevel = 'ok' | 'warn' | 'refuse' | 'stop' | 'gone';

export interface DiskStatus {
  /** `DATA_DIR, RECORDINGS_DIR`: the settings whose folders are on it. */
  readonly folders: string;
  readonly path: string;
  readonly level: DiskLevel;
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** What the captures write now; 0 for a disk that no capture writes to. */
  readonly bytesPerSecond: number;
  /** At that rate; undefined if nothing is written, or it is unknown. */
  readonly secondsToFull: number | undefined;
}

/** A running capture. */
export interface RunningCapture {
  readonly recordingId: number;
  readonly bytesPerSecond: number;
}

export interface DiskWatchParts {
  readonly disks: { read(): Promise<DiskReading[]> };
  readonly thresholds: DiskThresholds;
  /** The folder that captures write to. */
  readonly captureFolder: WatchedFolder;
  readonly captures: () => readonly RunningCapture[];
  /** Stops a capture as if a person had asked for it; the reason goes to the log of events. */
  readonly stop: (recordingId: number, cause: { readonly code: string; readonly message: string }) => Promise<void>;
  readonly logger: KernelLogger;
}

const everyMilliseconds = 10_000;
const patienceMilliseconds = 2_000;
const order: readonly DiskLevel[] = ['ok', 'warn', 'refuse', 'stop', 'gone'];

/**
 * Knows how full the disks are, and acts before they are full. First it warns, then it refuses new recordings, then it
 * stops running ones, one at each check. The most recently started is stopped first: what has run longest is worth
 * most. A stopped recording keeps all it has; it can be played at once, and becomes a video as soon as there is room
 * for one.
 */
export class DiskWatch {
  readonly #parts: DiskWatchParts;
  #status: readonly DiskStatus[] = [];
  #told = new Map<string, DiskLevel>();
  /** Ids of recordings that were stopped and may still write for a moment. */
  readonly #stopped = new Set<number>();
  #checking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: DiskWatchParts) {
    this.#parts = parts;
  }

  /** As of the last check. */
  get status(): readonly DiskStatus[] {
    return this.#status;
  }

  async start(): Promise<void> {
    await this.#patiently();
    this.#timer ??= setInterval(() => void this.check(), everyMilliseconds);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Checks the disks, and acts if necessary. Overlapping checks become one. Never rejects. */
  check(): Promise<void> {
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  /** @throws DiskLow, DiskGone if no recording should be started */
  async requireRoom(): Promise<void> {
    await this.#patiently();
    for (const { folders, freeBytes, level, totalBytes } of this.#status) {
      if (level === 'gone') throw new DiskGone(folders);
      if (level === 'refuse' || level === 'stop')
        throw new DiskLow(folders, freeBytes, this.#parts.thresholds.refuse.bytesOf(totalBytes));
    }
  }

  /** A sentence for the health check. */
  describe(): { readonly status: 'ok' | 'warn' | 'down'; readonly detail: string } {
    const worst = Math.max(0, ...this.#status.map(({ level }) => order.indexOf(level)));
    const detail = this.#status.map((disk) => inWords(disk)).join('; ');
    if (order[worst] === 'gone') return { status: 'down', detail };
    return { status: worst === 0 ? 'ok' : 'warn', detail: detail === '' ? 'not checked yet' : detail };
  }

  /** A disk that does not answer (a network share) blocks nothing: the last known state counts. */
  async #patiently(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceMilliseconds);
    });
    await Promise.race([this.check(), enough]);
    clearTimeout(timer);
  }

  async #check(): Promise<void> {
    const { disks, logger } = this.#parts;
    try {
      const captures = this.#parts.captures();
      this.#status = (await disks.read()).map((reading) => this.#judge(reading, captures));
      for (const disk of this.#status) this.#tell(disk);
      const full = this.#status.find(({ level }) => level === 'stop');
      const running = new Set(captures.map(({ recordingId }) => recordingId));
      for (const id of this.#stopped) if (!running.has(id)) this.#stopped.delete(id);
      if (full) await this.#stopNewest(full, captures);
    } catch (error) {
      logger.error('The disks could not be checked; trying again', { err: error });
    }
  }

  #judge({ folders, room }: DiskReading, captures: readonly RunningCapture[]): DiskStatus {
    const names = folders.map(({ name }) => name).join(', ');
    const path = folders[0]?.path ?? '';
    const holdsCaptures = folders.some((folder) => folder.path === this.#parts.captureFolder.path);
    const bytesPerSecond = holdsCaptures ? captures.reduce((sum, capture) => sum + capture.bytesPerSecond, 0) : 0;
    if (!room)
      return {
        folders: names,
        path,
        level: 'gone',
        freeBytes: 0,
        totalBytes: 0,
        bytesPerSecond,
        secondsToFull: undefined,
      };
    const { freeBytes, totalBytes } = room;
    return {
      folders: names,
      path,
      level: this.#level(freeBytes, totalBytes),
      freeBytes,
      totalBytes,
      bytesPerSecond,
      secondsToFull: bytesPerSecond > 0 && Number.isFinite(freeBytes) ? freeBytes / bytesPerSecond : undefined,
    };
  }

  #level(freeBytes: number, totalBytes: number): DiskLevel {
    const { warn, refuse, stop } = this.#parts.thresholds;
    if (freeBytes < stop.bytesOf(totalBytes)) return 'stop';
    if (freeBytes < refuse.bytesOf(totalBytes)) return 'refuse';
    return freeBytes < warn.bytesOf(totalBytes) ? 'warn' : 'ok';
  }

  /** Once per change, not at every check. */
  #tell(disk: DiskStatus): void {
    const before = this.#told.get(disk.folders) ?? 'ok';
    if (before === disk.level) return;
    this.#told.set(disk.folders, disk.level);
    const { logger } = this.#parts;
    const message = `${inWords(disk)}${consequence[disk.level]}`;
    const details = { folders: disk.folders, freeBytes: disk.freeBytes, level: disk.level };
    if (order.indexOf(disk.level) < order.indexOf(before)) logger.info(message, details);
    else logger.warn(message, details);
  }

  async #stopNewest(disk: DiskStatus, captures: readonly RunningCapture[]): Promise<void> {
    // If captures do not write to the full disk, stopping them frees nothing.
    if (!disk.folders.split(', ').includes(this.#parts.captureFolder.name)) return;
    const candidates = captures.map(({ recordingId }) => recordingId).filter((id) => !this.#stopped.has(id));
    if (candidates.length === 0) return;
    const newest = Math.max(...candidates);
    const needed = bytesInWords(this.#parts.thresholds.stop.bytesOf(disk.totalBytes));
    await this.#parts.stop(newest, {
      code: 'disk.low',
      message:
        `Only ${bytesInWords(disk.freeBytes)} were left on the disk of ${disk.folders}, less than ${needed} (DISK_STOP). Of ` +
        'the running recordings, this was started last, so it was stopped first. What it has is kept.',
    });
    this.#stopped.add(newest);
  }
}

const consequence: Readonly<Record<DiskLevel, string>> = {
  ok: '',
  warn: '. Free some space soon',
  refuse: ': no new recording is started until there is more. Free some space',
  stop: ': running recordings are stopped, the newest first, until there is more. Free some space',
  gone: '. Mount it again; running recordings then continue by themselves',
};

function inWords({ folders, freeBytes, level, path, secondsToFull }: DiskStatus): string {
  if (level === 'gone') return `The disk of ${folders} (${path}) is gone`;
  if (!Number.isFinite(freeBytes)) return `${folders} (${path}) gives no figure of its free space`;
  const forecast = secondsToFull === undefined ? '' : `, full in ${secondsInWords(secondsToFull)} at this rate`;
  return `${bytesInWords(freeBytes)} free for ${folders} (${path})${forecast}`;
}
