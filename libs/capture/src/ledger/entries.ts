import { containers } from '@streamvault/media';
import type { Cause, Container, PartReason } from '../port.js';

/** The ledger's file name in a recording's work folder: one JSON document per line, append-only. */
export const LEDGER_FILE = 'ledger.jsonl';
/** The version of a new ledger. One of version 1 is continued as it is, with CRC-32 instead of XXH64. */
export const LEDGER_VERSION = 2;

/** The first line. A reader that does not know the version refuses the ledger, rather than misread it. */
export interface LedgerHeader {
  readonly type: 'ledger';
  readonly version: number;
  readonly recordingId: number;
  readonly createdAt: string;
}

export interface PartOpenedEntry {
  readonly type: 'partOpened';
  readonly number: number;
  /** File name inside the recording's folder, never a path. */
  readonly file: string;
  readonly container: Container;
  readonly reason: PartReason;
  /** Codecs and resolution in one comparable word. Parts with equal signatures can be joined without encoding. */
  readonly signature: string;
  readonly targetDurationSeconds: number;
  readonly at: string;
}

/** The initialisation section (`moov`) that every fragment of an mp4 part needs. At most one per part. */
export interface InitEntry {
  readonly type: 'init';
  readonly part: number;
  readonly offset: number;
  readonly length: number;
  readonly sha256: string;
}

/** Checksum of a segment's bytes: one of the two, by the ledger's version. */
export interface SegmentChecksum {
  /** Version 1. */
  readonly crc32?: number;
  /** Sixteen hexadecimal digits. */
  readonly xxh64?: string;
}

export interface SegmentEntry extends SegmentChecksum {
  readonly type: 'segment';
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly part: number;
  readonly offset: number;
  readonly length: number;
  readonly durationSeconds: number;
  /** The source gives durations in whole seconds, and this one could not be measured. */
  readonly rounded?: boolean;
  /** Wall-clock of the first sample, ISO 8601 UTC. */
  readonly programDateTime: string;
  /** True if the source gives no date-time and the engine derived it from its own clock. */
  readonly estimated: boolean;
  readonly receivedAt: string;
  /** The source's timeline (timestamps, encoder) starts again with this segment. */
  readonly discontinuity: boolean;
  readonly ad: boolean;
  /** Identifies the segment whatever token its address carries: path, stable query and byte range. */
  readonly identity: string;
  /** Bytes of the part that were known to be on the disk (fdatasync) when this line was written. */
  readonly synced: number;
}

/** What could not be fetched, in wall-clock time. */
export interface GapEntry {
  readonly type: 'gap';
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  readonly cause: Cause;
}

/**
 * Advertising that was left out, in wall-clock time. (Kept advertising is segments marked as such.) It has the number
 * and identity of its last segment, so that a capture that continues here knows how far the source was.
 */
export interface AdEntry {
  readonly type: 'ad';
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
  readonly mediaSequence: number;
  readonly identity: string;
}

/** How many requests had to be repeated since the last such line. */
export interface RetriedEntry {
  readonly type: 'retried';
  readonly count: number;
  readonly at: string;
}

/** What may stand between segments. */
export type BetweenEntry = GapEntry | AdEntry | RetriedEntry;

/** Written after the part was synced: every byte of it is on the disk. */
export interface PartClosedEntry {
  readonly type: 'partClosed';
  readonly number: number;
  readonly bytes: number;
  readonly segments: number;
  readonly durationSeconds: number;
  readonly at: string;
}

/** The source said that the broadcast is over. A stop writes no such line: a stopped recording may be continued. */
export interface EndedEntry {
  readonly type: 'ended';
  readonly reason: 'endlist';
  readonly at: string;
}

export type LedgerEntry = PartOpenedEntry | InitEntry | SegmentEntry | BetweenEntry | PartClosedEntry | EndedEntry;

export const encodeLine = (entry: LedgerHeader | LedgerEntry): string => `${JSON.stringify(entry)}\n`;

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const isSeconds = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isInstant = (value: unknown): value is string => isText(value) && !Number.isNaN(Date.parse(value));
const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

const isHash = (value: unknown): boolean => isText(value) && /^[\da-f]{16}$/.test(value);

const CONTAINERS: readonly unknown[] = containers;
const isContainer = (value: unknown): value is Container => CONTAINERS.includes(value);
const isFileName = (value: unknown): value is string => isText(value) && /^[\w-][\w.-]*$/.test(value);

const PART_REASONS: readonly unknown[] = [
  'start',
  'restart',
  'discontinuity',
  'rotation',
  'sequence-reset',
  'gap',
] satisfies PartReason[];

const isCause = (value: unknown): value is Cause =>
  isObject(value) && isText(value['code']) && isText(value['message']);

type Check = (fields: Fields) => boolean;

const CHECKS: Readonly<Record<string, Check>> = {
  partOpened: (f) =>
    isCount(f['number']) &&
    isFileName(f['file']) &&
    isContainer(f['container']) &&
    PART_REASONS.includes(f['reason']) &&
    isText(f['signature']) &&
    isSeconds(f['targetDurationSeconds']) &&
    isInstant(f['at']),
  init: (f) => isCount(f['part']) && isCount(f['offset']) && isCount(f['length']) && isText(f['sha256']),
  segment: (f) =>
    isCount(f['mediaSequence']) &&
    isCount(f['discontinuitySequence']) &&
    isCount(f['part']) &&
    isCount(f['offset']) &&
    isCount(f['length']) &&
    isSeconds(f['durationSeconds']) &&
    (f['rounded'] === undefined || isFlag(f['rounded'])) &&
    isInstant(f['programDateTime']) &&
    isFlag(f['estimated']) &&
    isInstant(f['receivedAt']) &&
    isFlag(f['discontinuity']) &&
    isFlag(f['ad']) &&
    (f['xxh64'] === undefined ? isCount(f['crc32']) : isHash(f['xxh64']) && f['crc32'] === undefined) &&
    isText(f['identity']) &&
    isCount(f['synced']),
  gap: (f) => isInstant(f['from']) && isInstant(f['to']) && isSeconds(f['seconds']) && isCause(f['cause']),
  ad: (f) =>
    isInstant(f['from']) &&
    isInstant(f['to']) &&
    isSeconds(f['seconds']) &&
    isCount(f['mediaSequence']) &&
    isText(f['identity']),
  retried: (f) => isCount(f['count']) && isInstant(f['at']),
  partClosed: (f) =>
    isCount(f['number']) &&
    isCount(f['bytes']) &&
    isCount(f['segments']) &&
    isSeconds(f['durationSeconds']) &&
    isInstant(f['at']),
  ended: (f) => f['reason'] === 'endlist' && isInstant(f['at']),
} satisfies Record<LedgerEntry['type'], Check>;

function isEntry(fields: Fields): fields is Fields & LedgerEntry {
  const type = fields['type'];
  return isText(type) && Object.hasOwn(CHECKS, type) && CHECKS[type]?.(fields) === true;
}

const isHeader = (fields: Fields): fields is Fields & LedgerHeader =>
  fields['type'] === 'ledger' &&
  isCount(fields['version']) &&
  isCount(fields['recordingId']) &&
  isInstant(fields['createdAt']);

function parseObject(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    // A line that a power cut tore or zeroed is not JSON. That is expected input here and means "no entry".
    return undefined;
  }
}

/** The entry on a line, or undefined if the line is damaged. */
export function decodeEntry(line: string): LedgerEntry | undefined {
  const fields = parseObject(line);
  return fields !== undefined && isEntry(fields) ? fields : undefined;
}

export function decodeHeader(line: string): LedgerHeader | undefined {
  const fields = parseObject(line);
  return fields !== undefined && isHeader(fields) ? fields : undefined;
}

/** `ledger.unreadable`, `ledger.version-unknown` or `ledger.foreign`: the ledger of this folder cannot be continued. */
export class LedgerUnusable extends Error {
  override readonly name = 'LedgerUnusable';
  constructor(
    readonly code: 'ledger.unreadable' | 'ledger.version-unknown' | 'ledger.foreign',
    message: string,
  ) {
    super(message);
  }
}

/** A recording's ledger is not in its place, because its disk is missing. It has the code that the system uses. */
export class LedgerMissing extends Error {
  override readonly name = 'LedgerMissing';
  readonly code = 'ENOENT';
  constructor(directory: string) {
    super(`${directory} does not hold the ledger of its recording.`);
  }
}

/** @throws LedgerUnusable if the header is damaged or has a version that this program does not know */
export function requireHeader(line: string): LedgerHeader {
  const header = decodeHeader(line);
  if (header === undefined) {
    throw new LedgerUnusable(
      'ledger.unreadable',
      `The first line of ${LEDGER_FILE} is damaged. Restore it from a backup, or move the folder away to start again.`,
    );
  }
  if (header.version < 1 || header.version > LEDGER_VERSION) {
    throw new LedgerUnusable(
      'ledger.version-unknown',
      `${LEDGER_FILE} has version ${header.version}, this program knows 1 to ${LEDGER_VERSION}. Use the StreamVault that wrote it, or a newer one.`,
    );
  }
  return header;
}

/** `part-0001.ts`. */
export const partFileName = (number: number, container: Container): string =>
  `part-${String(number).padStart(4, '0')}.${container}`;

/** Matches exactly what {@link partFileName} makes. */
export const PART_FILE = /^part-\d{4,}\.(ts|mp4|aac|mp3|e?ac3)$/;
