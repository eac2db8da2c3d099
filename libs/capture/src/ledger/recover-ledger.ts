import { errorCode } from '@streamvault/failures';
import { open, readdir, readFile, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { matches } from './checksum.js';
import {
  decodeEntry,
  encodeLine,
  LEDGER_FILE,
  LedgerUnusable,
  PART_FILE,
  requireHeader,
  type GapEntry,
  type LedgerEntry,
  type LedgerHeader,
  type SegmentEntry,
} from './entries.js';
import { syncFolder } from './files.js';
import { Ledger } from './ledger.js';

export interface RecoveredLedger {
  readonly ledger: Ledger;
  /** Length of the ledger file after the recovery: where the next line goes. */
  readonly ledgerBytes: number;
  /** Ledger lines that were cut or dropped. */
  readonly droppedLines: number;
  /** Bytes that were cut from parts, because no ledger line vouches for them. */
  readonly cutPartBytes: number;
}

interface Line {
  readonly entry: LedgerEntry | undefined;
  readonly end: number;
}

/** What remains of a ledger: the entries, and whether they are a plain prefix of the lines (then cutting is enough). */
interface Sifted {
  readonly ledger: Ledger;
  readonly entries: readonly LedgerEntry[];
  readonly prefixEnd: number | undefined;
  readonly dropped: number;
}

/**
 * Restores a recording's folder to what is certainly there, however the writer ended. A torn last line is removed.
 * Lines that point past a part's good bytes are removed (the unsynced tail is checked by checksum). Parts are cut to
 * the ledger's end, and part files that no line names are removed. Idempotent. Undefined if the folder holds no usable
 * ledger.
 *
 * Damage further back, in bytes that were synced, costs only the segments it hit: they become a recorded gap.
 * @throws LedgerUnusable
 */
export async function recoverLedger(directory: string, recordingId: number): Promise<RecoveredLedger | undefined> {
  const file = path.join(directory, LEDGER_FILE);
  const bytes = await readIfThere(file);
  const headerEnd = bytes.indexOf(0x0a) + 1;
  if (headerEnd === 0) {
    // The writer was killed while it wrote the very first line: nothing was committed.
    await rm(file, { force: true });
    await removeOrphans(directory, new Set());
    return undefined;
  }
  const header = requireHeader(bytes.toString('utf8', 0, headerEnd - 1));
  if (header.recordingId !== recordingId) {
    throw new LedgerUnusable(
      'ledger.foreign',
      `The folder belongs to recording ${header.recordingId}, not ${recordingId}. Give each recording its own folder.`,
    );
  }
  const lines = readLines(bytes, headerEnd);
  const sifted = await sift(directory, header, headerEnd, lines);
  const ledgerBytes = await settleLedger(file, header, sifted, bytes.length);
  const cutPartBytes = await cutParts(directory, sifted.ledger);
  await removeOrphans(directory, new Set(sifted.ledger.parts.map((part) => part.file)));
  await syncFolder(directory);
  return { ledger: sifted.ledger, ledgerBytes, droppedLines: sifted.dropped, cutPartBytes };
}

function readLines(bytes: Buffer, from: number): readonly Line[] {
  const lines: Line[] = [];
  let start = from;
  let end: number;
  while ((end = bytes.indexOf(0x0a, start)) !== -1) {
    lines.push({ entry: decodeEntry(bytes.toString('utf8', start, end)), end: end + 1 });
    start = end + 1;
  }
  return lines;
}

async function sift(
  directory: string,
  header: LedgerHeader,
  headerEnd: number,
  lines: readonly Line[],
): Promise<Sifted> {
  const ledger = new Ledger(header);
  const entries: LedgerEntry[] = [];
  const evidence = await PartEvidence.gather(directory, lines);
  let prefixEnd: number | undefined = headerEnd;
  let dropped = 0;
  let damagedSince = false;
  const keep = (entry: LedgerEntry): boolean => {
    const taken = ledger.apply(entry);
    if (taken) entries.push(entry);
    return taken;
  };
  for (const [index, { entry, end }] of lines.entries()) {
    const sound = entry !== undefined && (await evidence.vouchesFor(entry));
    if (sound && damagedSince && skipsSegments(ledger, entry)) keep(damageGap(ledger, entry));
    if (sound && keep(entry)) {
      if (entry.type === 'segment') damagedSince = false;
      if (prefixEnd !== undefined) prefixEnd = end;
      continue;
    }
    if (index > evidence.lastCertainLine) {
      dropped += lines.length - index;
      break;
    }
    dropped += 1;
    damagedSince = true;
    prefixEnd = undefined;
  }
  return { ledger, entries, prefixEnd, dropped };
}

/**
 * A segment that does not follow the one before. After dropped lines, what lay between is lost and must be recorded.
 */
function skipsSegments(ledger: Ledger, entry: LedgerEntry): entry is SegmentEntry {
  const last = ledger.segments.at(-1);
  return entry.type === 'segment' && last !== undefined && entry.mediaSequence > last.mediaSequence + 1;
}

function damageGap(ledger: Ledger, entry: SegmentEntry): GapEntry {
  const last = ledger.segments.at(-1);
  const to = Date.parse(entry.programDateTime);
  const from = last === undefined ? to : Math.min(last.startsAtMs + last.durationSeconds * 1000, to);
  return {
    type: 'gap',
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    seconds: (to - from) / 1000,
    cause: {
      code: 'ledger.damaged',
      message: 'Bytes that had been recorded were damaged or missing on the disk. Check the disk.',
    },
  };
}

/** What the part files say about the ledger's claims. */
class PartEvidence {
  private constructor(
    readonly directory: string,
    private readonly files: ReadonlyMap<number, { readonly file: string; readonly size: number }>,
    private readonly openPart: number | undefined,
    private readonly synced: number,
    /**
     * Index of the last line about bytes that were known to be on the disk, or -1. A failure after it is the torn end
     * of a crash, which the source still has. A failure before it is damage.
     */
    readonly lastCertainLine: number,
  ) {}

  static async gather(directory: string, lines: readonly Line[]): Promise<PartEvidence> {
    const files = new Map<number, { file: string; size: number }>();
    let open: number | undefined;
    let synced = 0;
    for (const { entry } of lines) {
      if (entry?.type === 'partOpened') {
        files.set(entry.number, { file: entry.file, size: await sizeOf(path.join(directory, entry.file)) });
        open = entry.number;
        synced = 0;
      } else if (entry?.type === 'partClosed' && entry.number === open) open = undefined;
      else if (entry?.type === 'segment' && entry.part === open) synced = Math.max(synced, entry.synced);
    }
    const certain = (entry: LedgerEntry | undefined): boolean =>
      entry?.type === 'partClosed' ||
      (entry?.type === 'segment' && (entry.part !== open || entry.offset + entry.length <= synced));
    const firstUnsynced = lines.findIndex(
      ({ entry }) => entry?.type === 'segment' && entry.part === open && entry.offset === synced,
    );
    const lastCertainLine = Math.max(
      lines.findLastIndex(({ entry }) => certain(entry)),
      firstUnsynced - 1,
    );
    return new PartEvidence(directory, files, open, synced, lastCertainLine);
  }

  async vouchesFor(entry: LedgerEntry): Promise<boolean> {
    if (entry.type !== 'segment' && entry.type !== 'init') return true;
    const part = this.files.get(entry.part);
    if (part === undefined || entry.offset + entry.length > part.size) return false;
    const known = entry.part !== this.openPart || entry.offset + entry.length <= this.synced;
    if (known || entry.type === 'init') return true;
    return matches(await bytesOf(path.join(this.directory, part.file), entry), entry);
  }
}

async function bytesOf(file: string, { offset, length }: SegmentEntry): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
    return buffer;
  } finally {
    await handle.close();
  }
}

/** Writes back what remains and returns the file's new length. */
async function settleLedger(file: string, header: LedgerHeader, sifted: Sifted, size: number): Promise<number> {
  if (sifted.prefixEnd !== undefined) {
    if (sifted.prefixEnd !== size) await truncate(file, sifted.prefixEnd);
    return sifted.prefixEnd;
  }
  const text = Buffer.from([header, ...sifted.entries].map(encodeLine).join(''));
  const temporary = `${file}.tmp`;
  await using(await open(temporary, 'w'), async (handle) => {
    await handle.writeFile(text);
    await handle.sync();
  });
  await rename(temporary, file);
  return text.length;
}

async function cutParts(directory: string, ledger: Ledger): Promise<number> {
  let cut = 0;
  for (const part of ledger.parts) {
    const file = path.join(directory, part.file);
    const size = await sizeOf(file);
    if (size <= part.bytes) continue;
    await truncate(file, part.bytes);
    cut += size - part.bytes;
  }
  return cut;
}

async function truncate(file: string, length: number): Promise<void> {
  await using(await open(file, 'r+'), async (handle) => {
    await handle.truncate(length);
    await handle.sync();
  });
}

async function using(handle: FileHandle, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}

async function removeOrphans(directory: string, known: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(directory)) {
    if (PART_FILE.test(name) && !known.has(name)) await rm(path.join(directory, name), { force: true });
  }
}

async function readIfThere(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    // A new folder has no ledger.
    if (errorCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    // A missing part has no bytes. What the ledger says about it becomes a gap.
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
