import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { EventStore, Position, RecordedEvent } from '../port.js';
import { asFileFailure } from '../file-failure.js';
import { endLine, eventLine, HEADER, retentionLine } from './export-format.js';
import { LogDigest } from './log-digest.js';
import { exportLines, wholeLines } from './read-export.js';
import { asOriginal, tellsRetention } from './recorded-events.js';
import { InvalidExport, LogsDiffer } from './transfer-errors.js';

/** How many bytes are written to the file at once. */
const CHUNK = 256 * 1024;

export type ExportSource = Pick<EventStore, 'readAll'> & {
  /** If the log has a hash chain: the hash of an event, in hexadecimal. */
  readonly hashAt?: (position: Position) => Promise<string | undefined>;
};

export interface ExportProgress {
  readonly phase: 'reading' | 'exporting';
  readonly events: number;
  readonly position: Position | undefined;
}

export interface ExportOptions {
  readonly onProgress?: (progress: ExportProgress) => void;
  /** Ends it with the signal's reason. The same export can be repeated and continues from there. */
  readonly signal?: AbortSignal;
}

export interface ExportResult {
  readonly events: number;
  /** How many of them the file already contained. */
  readonly resumedAfter: number;
  /** Of the last event; undefined for an empty log. */
  readonly position: Position | undefined;
  readonly hash: string;
  /** False if the events do not match the log's own hash chain: they were changed. Undefined if there is none. */
  readonly matchesChain: boolean | undefined;
}

/**
 * Writes the log to a file, in the format of `export-format.ts`. A file that was begun before is continued after its
 * last whole line, and a complete one with what came since; any other file is refused and not changed.
 * @throws InvalidExport, LogsDiffer, EventLogNotWritable, EventStoreUnavailable (a full disk)
 */
export async function exportLog(
  source: ExportSource,
  file: string,
  options: ExportOptions = {},
): Promise<ExportResult> {
  const path = resolve(file);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'a', 0o600);
    const begun = await readBegun(path, options);
    await requireSameLog(source, begun, path);
    await handle.truncate(begun.end);
    const result = await write(source, handle, begun, options);
    await handle.sync();
    return result;
  } catch (error) {
    throw asFileFailure(error, path, 'The same export can be repeated and continues where this one ended.');
  } finally {
    await handle?.close();
  }
}

interface StartedExport {
  readonly digest: LogDigest;
  /** In bytes: where the next event's line goes. */
  end: number;
  last: RecordedEvent | undefined;
  beforeLast: Position | undefined;
}

async function readBegun(path: string, { signal, onProgress }: ExportOptions): Promise<StartedExport> {
  const begun: StartedExport = { digest: new LogDigest(), end: 0, last: undefined, beforeLast: undefined };
  await requireOurs(path);
  for await (const { text, nextOffset } of wholeLines(path)) {
    if (text === HEADER) begun.end = nextOffset;
    break;
  }
  for await (const line of exportLines(path)) {
    signal?.throwIfAborted();
    if (line.kind !== 'event') break;
    begun.digest.add(line.event);
    begun.beforeLast = begun.last?.position;
    begun.last = line.event;
    begun.end = line.nextOffset;
    if (begun.digest.events % 1_000 === 0) {
      onProgress?.({ phase: 'reading', events: begun.digest.events, position: line.event.position });
    }
  }
  return begun;
}

/** A file without a complete first line counts as an export only if it is the beginning of one. */
async function requireOurs(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(HEADER.length);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    if (HEADER.startsWith(bytes.toString('latin1', 0, bytesRead))) return;
  } finally {
    await file.close();
  }
  throw new InvalidExport(
    `${path} already exists and is not an export of a log. Nothing was changed; name another file.`,
  );
}

/** Whether the file's last events are where the log says they are. */
async function requireSameLog(source: ExportSource, { last, beforeLast }: StartedExport, path: string): Promise<void> {
  if (last === undefined) return;
  const range = beforeLast === undefined ? {} : { after: beforeLast };
  for await (const event of source.readAll({ ...range, limit: 1 })) {
    if (event.id === last.id && event.position === last.position && event.stream === last.stream) return;
  }
  throw new LogsDiffer(`${path} holds an export of another log. Nothing was changed; name another file.`);
}

async function write(
  source: ExportSource,
  handle: FileHandle,
  { digest, end, last }: StartedExport,
  { signal, onProgress }: ExportOptions,
): Promise<ExportResult> {
  const out = new ChunkedWriter(handle);
  const resumedAfter = digest.events;
  let position = last?.position;
  if (end === 0) await out.line(HEADER);
  for await (const stored of source.readAll(position === undefined ? {} : { after: position })) {
    signal?.throwIfAborted();
    const event = asOriginal(stored);
    digest.add(event);
    ({ position } = event);
    if (await out.line(eventLine(event))) onProgress?.({ phase: 'exporting', events: digest.events, position });
  }
  onProgress?.({ phase: 'exporting', events: digest.events, position });
  if (tellsRetention(source)) {
    for await (const retention of source.readRetention()) await out.line(retentionLine(retention));
  }
  const { events, hash } = digest;
  await out.line(endLine({ events, position: String(position ?? 0n), hash }));
  await out.flush();
  const chained = position === undefined ? undefined : await source.hashAt?.(position);
  return { events, resumedAfter, position, hash, matchesChain: chained === undefined ? undefined : chained === hash };
}

class ChunkedWriter {
  readonly #handle: FileHandle;
  #lines: string[] = [];
  #length = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** True if this call wrote to the file. */
  async line(text: string): Promise<boolean> {
    this.#lines.push(text, '\n');
    this.#length += text.length;
    if (this.#length < CHUNK) return false;
    await this.flush();
    return true;
  }

  async flush(): Promise<void> {
    const text = this.#lines.join('');
    this.#lines = [];
    this.#length = 0;
    await this.#handle.writeFile(text);
  }
}
