import { stat } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { openInside, type RefusedFile, stateOf } from './open-inside.js';

/** A file as one answer sends it. Whatever takes its name meanwhile, these are its bytes. */
export interface BorrowedFile {
  readonly ok: true;
  readonly size: number;
  readonly mtime: Date;
  readonly etag: string;
  /** All of it, where it is small. */
  readonly content: Buffer | undefined;
  /** To be read from where there is no `content`. */
  readonly fd: number;
  /** Once, when the answer is over. */
  release(): void;
}

export interface KeptFilesLimits {
  /** Files that are remembered. */
  readonly most: number;
  /** Files up to this size are kept in memory, and not open. */
  readonly smallBytes: number;
  /** What those may take together. */
  readonly memoryBytes: number;
  /** A file that nobody reads is closed after this, so that it holds no disk and no deleted bytes. */
  readonly idleMilliseconds: number;
}

const usual: KeptFilesLimits = {
  most: 1024,
  smallBytes: 256 * 1024,
  memoryBytes: 32 * 1024 * 1024,
  idleMilliseconds: 2000,
};

/**
 * Files that are read again and again, kept open or, where they are small, in memory. Before each answer the file system is asked whether
 * the file under that name is still the same, so that one that was replaced, changed, deleted or locked away is noticed at once. Answers
 * that are begun at the same time share that question.
 */
export class KeptFiles {
  readonly #limits: KeptFilesLimits;
  /** The one used longest ago stands first. */
  readonly #places = new Map<string, Place>();
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: Partial<KeptFilesLimits> = {}) {
    this.#limits = { ...usual, ...limits };
  }

  /** As {@link openInside} opens it. */
  async borrow(root: string, path: string): Promise<BorrowedFile | RefusedFile> {
    const key = `${root}\0${path}`;
    const place = this.#places.get(key) ?? new Place(root, path, this.#limits.smallBytes);
    this.#places.delete(key);
    this.#places.set(key, place);
    for (;;) {
      const found = await place.look();
      if (!found.ok) {
        if (this.#places.get(key) === place) this.#places.delete(key);
        return found;
      }
      // Somebody else may have made room for another file before it was our turn.
      if (found.isRetired) continue;
      const borrowed = found.borrow();
      if (found.isNew) this.#note(found);
      return borrowed;
    }
  }

  /** Those that are being sent are closed when they are. */
  close(): void {
    clearTimeout(this.#timer);
    for (const place of this.#places.values()) place.forget();
    this.#places.clear();
  }

  #note(found: HeldFile): void {
    found.isNew = false;
    this.#bound();
    this.#timer ??= setTimeout(() => this.#closeIdle(), this.#limits.idleMilliseconds).unref();
  }

  #bound(): void {
    let memory = 0;
    for (const place of this.#places.values()) memory += place.bytes;
    for (const [key, place] of this.#places) {
      if (this.#places.size <= this.#limits.most && memory <= this.#limits.memoryBytes) return;
      memory -= place.bytes;
      this.#places.delete(key);
      place.forget();
    }
  }

  #closeIdle(): void {
    this.#timer = undefined;
    const before = performance.now() - this.#limits.idleMilliseconds;
    for (const [key, place] of this.#places) {
      if (!place.isOpen || !place.isIdleSince(before)) continue;
      this.#places.delete(key);
      place.forget();
    }
    const isAnyOpen = [...this.#places.values()].some(({ isOpen }) => isOpen);
    if (isAnyOpen) this.#timer = setTimeout(() => this.#closeIdle(), this.#limits.idleMilliseconds / 2).unref();
  }
}

/** A name, and the file that was found under it last. */
class Place {
  readonly #root: string;
  readonly #path: string;
  readonly #wanted: string;
  readonly #smallBytes: number;
  #held: HeldFile | undefined;
  #looking: Promise<HeldFile | RefusedFile> | undefined;
  #next: Promise<HeldFile | RefusedFile> | undefined;

  constructor(root: string, path: string, smallBytes: number) {
    this.#root = root;
    this.#path = path;
    this.#wanted = resolve(root, path);
    this.#smallBytes = smallBytes;
  }

  get bytes(): number {
    return this.#held?.content?.length ?? 0;
  }

  get isOpen(): boolean {
    return this.#held !== undefined && this.#held.content === undefined;
  }

  isIdleSince(instant: number): boolean {
    return this.#looking === undefined && this.#held?.isIdleSince(instant) !== false;
  }

  /** What is there now: of a look that was begun before, nobody knows how old it is. */
  look(): Promise<HeldFile | RefusedFile> {
    if (this.#looking === undefined) return this.#look();
    const again = () => this.#look();
    return (this.#next ??= this.#looking.then(again, again));
  }

  forget(): void {
    this.#held?.retire();
    this.#held = undefined;
  }

  #look(): Promise<HeldFile | RefusedFile> {
    this.#next = undefined;
    const looking = this.#find().finally(() => {
      if (this.#looking === looking) this.#looking = undefined;
    });
    return (this.#looking = looking);
  }

  async #find(): Promise<HeldFile | RefusedFile> {
    const held = this.#held;
    if (held !== undefined && (await currentState(this.#wanted)) === held.state && !held.isRetired) return held;
    this.forget();
    const opened = await openInside(this.#root, this.#path);
    if (!opened.ok) return opened;
    const content = opened.size > this.#smallBytes ? undefined : await readWhole(opened.handle, opened.size);
    const found = new HeldFile(opened, content);
    this.#held = found;
    return found;
  }
}

class HeldFile {
  readonly ok = true;
  readonly state: string;
  readonly content: Buffer | undefined;
  readonly #handle: FileHandle;
  readonly #facts: Pick<BorrowedFile, 'size' | 'mtime' | 'etag'>;
  #readers = 0;
  #usedAt = performance.now();
  #isClosed = false;
  isRetired = false;
  isNew = true;

  constructor(
    opened: { readonly handle: FileHandle; readonly state: string } & Pick<BorrowedFile, 'size' | 'mtime' | 'etag'>,
    content: Buffer | undefined,
  ) {
    const { handle, state, size, mtime, etag } = opened;
    this.#handle = handle;
    this.state = state;
    this.#facts = { size, mtime, etag };
    this.content = content;
    if (content !== undefined) this.#close();
  }

  isIdleSince(instant: number): boolean {
    return this.#readers === 0 && this.#usedAt < instant;
  }

  borrow(): BorrowedFile {
    this.#readers += 1;
    let isOut = true;
    const release = () => {
      if (!isOut) return;
      isOut = false;
      this.#readers -= 1;
      this.#usedAt = performance.now();
      if (this.isRetired && this.#readers === 0) this.#close();
    };
    return { ok: true, ...this.#facts, content: this.content, fd: this.content ? -1 : this.#handle.fd, release };
  }

  /** No new reader; closed when the last one is done. */
  retire(): void {
    this.isRetired = true;
    if (this.#readers === 0) this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // It was opened for reading only: nothing can be lost by a failed close.
    this.#handle.close().catch(() => undefined);
  }
}

/** Undefined where there is none, for whatever reason: opening it tells which. */
const currentState = (path: string): Promise<string | undefined> =>
  new Promise((done) => {
    stat(path, { bigint: true }, (error, facts) => done(error ? undefined : stateOf(facts)));
  });

/** Undefined where it is cut short meanwhile or cannot be read: then the answer finds out. */
async function readWhole(handle: FileHandle, size: number): Promise<Buffer | undefined> {
  const content = Buffer.allocUnsafeSlow(size);
  for (let position = 0; position < size;) {
    const { bytesRead } = await handle
      .read(content, position, size - position, position)
      .catch(() => ({ bytesRead: 0 }));
    if (bytesRead === 0) return undefined;
    position += bytesRead;
  }
  return content;
}
