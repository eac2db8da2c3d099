import { errorCode } from '@streamvault/failures';
import { createHash } from 'node:crypto';
import { mkdir, open, stat, unlink, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { Container, PartReason } from '../port.js';
import {
  encodeLine,
  LEDGER_FILE,
  LEDGER_VERSION,
  LedgerMissing,
  partFileName,
  type BetweenEntry,
  type LedgerEntry,
  type LedgerHeader,
  type PartClosedEntry,
  type PartOpenedEntry,
  type SegmentChecksum,
  type SegmentEntry,
} from './entries.js';
import { checksumOf, type Checksum } from './checksum.js';
import type { DirectWrites } from './direct-writes.js';
import { syncFile, syncFolder, writeFully } from './files.js';
import type { Ledger, LedgerLosses, LedgerTotals } from './ledger.js';
import { chunkBytes, PartFile, type Chunk } from './part-file.js';
import { recoverLedger } from './recover-ledger.js';

export interface NewPart {
  readonly container: Container;
  readonly reason: PartReason;
  readonly signature: string;
  readonly targetDurationSeconds: number;
  readonly at: string;
  /** The initialisation section, for mp4. */
  readonly init?: Buffer;
}

/** What the caller of a commit supplies: the entry without what the writer itself knows. */
export type SegmentFacts = Omit<SegmentEntry, 'type' | 'part' | 'offset' | 'length' | 'synced' | keyof SegmentChecksum>;

interface OpenPart {
  readonly number: number;
  readonly file: PartFile;
  readonly signature: string;
  readonly initSha256: string | undefined;
  readonly openedAt: string;
  bytes: number;
  segments: number;
  durationSeconds: number;
  synced: number;
}

export interface OpenPartState {
  readonly number: number;
  readonly signature: string;
  readonly initSha256: string | undefined;
  readonly openedAt: string;
  readonly bytes: number;
}

/**
 * The only writer of a recording's folder. Bytes go to the open part first, after what is committed; a commit then
 * writes their ledger line. So the ledger never points at missing bytes, and uncommitted bytes are simply overwritten.
 * Not safe for concurrent calls, except `sync`.
 */
export class LedgerWriter {
  #part: OpenPart | undefined;
  #lastPart: number;
  #bytes: number;
  #segments: number;
  #durationSeconds: number;
  #losses: LedgerLosses;
  #ledgerBytes: number;
  readonly #checksum: Checksum;
  #syncing: Promise<void> | undefined;
  /** Identifies the ledger's file. */
  #identity: { readonly ino: number; readonly dev: number } | undefined;

  private constructor(
    readonly directory: string,
    private readonly ledger: FileHandle,
    ledgerBytes: number,
    recovered: Ledger | undefined,
    private readonly direct: DirectWrites | undefined,
  ) {
    this.#ledgerBytes = ledgerBytes;
    this.#checksum = checksumOf(recovered?.header.version ?? LEDGER_VERSION);
    this.#lastPart = recovered?.parts.at(-1)?.number ?? 0;
    this.#bytes = recovered?.totals.bytes ?? 0;
    this.#segments = recovered?.totals.segments ?? 0;
    this.#durationSeconds = recovered?.totals.durationSeconds ?? 0;
    this.#losses = recovered?.losses ?? { gapSeconds: 0, adSeconds: 0, retries: 0 };
  }

  /**
   * Opens a recording's folder. Makes the folder if needed, but nothing above it: if that is missing, so is the disk.
   * An existing ledger is recovered first and returned, and a part that it left open is closed.
   * @param mustExist creates nothing: if there is no ledger, its disk is missing
   * @param direct decides whether parts are written past the system's cache
   * @throws LedgerUnusable, LedgerMissing, or the file system's error
   */
  static async open(
    directory: string,
    recordingId: number,
    at: string,
    { mustExist = false, direct }: { readonly mustExist?: boolean; readonly direct?: DirectWrites } = {},
  ): Promise<{ readonly writer: LedgerWriter; readonly recovered: Ledger | undefined }> {
    const file = path.join(directory, LEDGER_FILE);
    if (mustExist) await requireLedger(file);
    const isNew = !mustExist && (await makeFolder(directory));
    const recovered = isNew ? undefined : await recoverLedger(directory, recordingId);
    const handle = await open(file, recovered === undefined ? 'w' : 'r+');
    try {
      if (recovered !== undefined) {
        const writer = new LedgerWriter(directory, handle, recovered.ledgerBytes, recovered.ledger, direct);
        await writer.#closeLeftOpen(recovered.ledger, at);
        return { writer, recovered: recovered.ledger };
      }
      const header: LedgerHeader = { type: 'ledger', version: LEDGER_VERSION, recordingId, createdAt: at };
      // The header becomes durable with the first part: until then a power cut could take nothing.
      const written = await writeFully(handle, [Buffer.from(encodeLine(header))], 0);
      return { writer: new LedgerWriter(directory, handle, written, undefined, direct), recovered: undefined };
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get part(): OpenPartState | undefined {
    return this.#part;
  }

  get totals(): LedgerTotals {
    return { bytes: this.#bytes, segments: this.#segments, durationSeconds: this.#durationSeconds };
  }

  get losses(): LedgerLosses {
    return this.#losses;
  }

  /** Bytes that a power cut now would lose. */
  get unsyncedBytes(): number {
    return this.#part === undefined ? 0 : this.#part.bytes - this.#part.synced;
  }

  async #closeLeftOpen(recovered: Ledger, at: string): Promise<void> {
    const last = recovered.parts.at(-1);
    if (last === undefined || last.closedAt !== undefined) return;
    const closed: PartClosedEntry = {
      type: 'partClosed',
      number: last.number,
      bytes: last.bytes,
      segments: last.segments,
      durationSeconds: last.durationSeconds,
      at,
    };
    // A closed part counts as synced, so its bytes must be on the disk before the line is.
    await syncFile(path.join(this.directory, last.file));
    await this.#append(closed);
    await this.ledger.datasync();
    recovered.apply(closed);
  }

  /**
   * Opens the next part. The one before must be closed.
   * @param first bytes of the segment being received, as for `write`; they are written before the disk is asked to sync
   */
  async openPart(part: NewPart, first: readonly Chunk[] = [], settles = false): Promise<PartOpenedEntry> {
    const number = this.#lastPart + 1;
    const { init, ...facts } = part;
    const opened: PartOpenedEntry = {
      type: 'partOpened',
      number,
      file: partFileName(number, part.container),
      ...facts,
    };
    const initSha256 = init && createHash('sha256').update(init).digest('hex');
    const partFile = await this.#createPart(path.join(this.directory, opened.file));
    try {
      if (init) await partFile.write([init], true);
      partFile.keep();
      // Written before the syncs: when many parts open at once, it would otherwise wait for all of them.
      if (first.length > 0) await partFile.write(first, settles);
      await Promise.all([this.#lastPart === 0 ? this.ledger.sync() : undefined, syncFolder(this.directory)]);
      const lines: LedgerEntry[] = [opened];
      if (init && initSha256 !== undefined) {
        lines.push({ type: 'init', part: number, offset: 0, length: init.length, sha256: initSha256 });
      }
      await this.#append(...lines);
    } catch (error) {
      await partFile.close();
      throw error;
    }
    this.#checksum.reset();
    for (const chunk of first) this.#checksum.add(chunkBytes(chunk));
    this.#lastPart = number;
    const bytes = init?.length ?? 0;
    this.#bytes += bytes;
    this.#part = {
      number,
      file: partFile,
      signature: part.signature,
      initSha256,
      openedAt: part.at,
      bytes,
      segments: 0,
      durationSeconds: 0,
      synced: 0,
    };
    return opened;
  }

  /** Never a file that another recorder has begun after it took this recording over. */
  async #createPart(file: string): Promise<PartFile> {
    await this.#requireInPlace();
    try {
      return await PartFile.create(file, this.direct);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
    await this.#requireInPlace();
    // Left by an attempt that failed, and in no ledger.
    await unlink(file);
    return PartFile.create(file, this.direct);
  }

  /**
   * Adds bytes of the segment being received to the open part, uncommitted.
   * @param settles whether they are its last
   */
  async write(chunks: readonly Chunk[], settles = false): Promise<void> {
    await this.#requirePart().file.write(chunks, settles);
    for (const chunk of chunks) this.#checksum.add(chunkBytes(chunk));
  }

  /** Forgets the uncommitted bytes; the next ones take their place. */
  discard(): void {
    this.#part?.file.rewind();
    this.#checksum.reset();
  }

  /** Makes what was written since the last commit one segment, and lists before it what lay in between. */
  async commit(facts: SegmentFacts, between: readonly BetweenEntry[] = []): Promise<void> {
    const part = this.#requirePart();
    await part.file.settle();
    const length = part.file.end - part.bytes;
    await this.#append(...between, {
      type: 'segment',
      ...facts,
      part: part.number,
      offset: part.bytes,
      length,
      ...this.#checksum.value(),
      synced: part.synced,
    });
    part.file.keep();
    this.#checksum.reset();
    part.bytes += length;
    part.segments += 1;
    part.durationSeconds += facts.durationSeconds;
    this.#bytes += length;
    this.#segments += 1;
    this.#durationSeconds += facts.durationSeconds;
    this.#count(between, facts.ad ? facts.durationSeconds : 0);
  }

  async between(entries: readonly BetweenEntry[]): Promise<void> {
    if (entries.length === 0) return;
    await this.#append(...entries);
    this.#count(entries, 0);
  }

  #count(entries: readonly BetweenEntry[], keptAdSeconds: number): void {
    let { gapSeconds, adSeconds, retries } = this.#losses;
    adSeconds += keptAdSeconds;
    for (const entry of entries) {
      if (entry.type === 'gap') gapSeconds += entry.seconds;
      else if (entry.type === 'ad') adSeconds += entry.seconds;
      else retries += entry.count;
    }
    this.#losses = { gapSeconds, adSeconds, retries };
  }

  /** Syncs and closes the open part; undefined if none is open. */
  async closePart(at: string): Promise<PartClosedEntry | undefined> {
    const part = this.#part;
    if (part === undefined) return undefined;
    // A failed sync has reported to its own caller, and the sync below covers it.
    await Promise.allSettled([this.#syncing]);
    // The uncommitted bytes are dropped, so that the file ends where the ledger says.
    part.file.rewind();
    await part.file.cut();
    await part.file.datasync();
    const { number, bytes, segments, durationSeconds } = part;
    const closed: PartClosedEntry = { type: 'partClosed', number, bytes, segments, durationSeconds, at };
    await this.#append(closed);
    await this.ledger.datasync();
    this.discard();
    this.#part = undefined;
    await part.file.close();
    return closed;
  }

  async end(at: string): Promise<void> {
    await this.#append({ type: 'ended', reason: 'endlist', at });
    await this.ledger.datasync();
  }

  /** Makes everything committed so far survive a power cut. Calls during a running sync share it. */
  sync(): Promise<void> {
    this.#syncing ??= this.#sync().finally(() => {
      this.#syncing = undefined;
    });
    return this.#syncing;
  }

  async #sync(): Promise<void> {
    const part = this.#part;
    if (part !== undefined) {
      const bytes = part.bytes;
      await part.file.datasync();
      part.synced = bytes;
    }
    await this.ledger.datasync();
    await this.#requireInPlace();
  }

  /**
   * A disk that was unmounted lazily (umount -l) goes on taking bytes through open files, but no one else can see them.
   * Bytes that cannot be found again are not kept. The same holds where another recorder has taken the folder over
   * (`fenceLedger`).
   */
  async #requireInPlace(): Promise<void> {
    const file = path.join(this.directory, LEDGER_FILE);
    this.#identity ??= await this.ledger.stat();
    const there = await stat(file);
    if (there.ino !== this.#identity.ino || there.dev !== this.#identity.dev) throw new LedgerMissing(this.directory);
  }

  /** Closes the files. Uncommitted bytes are cut off by the next recovery. */
  async close(): Promise<void> {
    await Promise.allSettled([this.#syncing]);
    const part = this.#part;
    this.#part = undefined;
    await part?.file.close();
    await this.ledger.close();
  }

  #requirePart(): OpenPart {
    if (this.#part === undefined) throw new Error('No part is open');
    return this.#part;
  }

  /**
   * Writes at an explicit position rather than in append mode: if a full disk tears a line, the line is cut off and the
   * next one takes its place.
   */
  async #append(...entries: readonly LedgerEntry[]): Promise<void> {
    const text = Buffer.from(entries.map(encodeLine).join(''));
    try {
      this.#ledgerBytes += await writeFully(this.ledger, [text], this.#ledgerBytes);
    } catch (error) {
      await this.ledger.truncate(this.#ledgerBytes);
      throw error;
    }
  }
}

/** @returns whether it was just made, and is therefore empty */
async function makeFolder(directory: string): Promise<boolean> {
  try {
    await mkdir(directory);
    return true;
  } catch (error) {
    // The folder exists, as after every restart. If it were a file, opening the ledger in it would fail.
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function requireLedger(file: string): Promise<void> {
  const { size } = await stat(file);
  if (size === 0) throw new LedgerMissing(path.dirname(file));
}
