import { EntityManager } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import { type CommandMetadata, deterministicId } from '@streamvault/kernel';
import { LibraryRoot } from '@streamvault/recording';
import { basename, dirname, join } from 'node:path';
import { LibraryStream } from '../choices/library-stream.js';
import type { ExistingVideo } from '../domain/video-state.js';
import { folded, LibraryNames, namesIn, numbered } from '../naming/library-names.js';
import { pictureOf } from '../naming/sidecars.js';
import { VideoRow } from '../read-models/video-row.entity.js';
import { VideoMover } from './video-mover.js';

export interface PlannedMove {
  readonly videoId: number;
  readonly from: string;
  readonly to: string;
}

export interface MoveProgress {
  readonly videos: number;
  readonly done: number;
  readonly moved: number;
  readonly failed: number;
}

export interface MoveOutcome extends MoveProgress {
  /** Of the first that stayed. */
  readonly trouble: string | undefined;
}

type NamedRow = Pick<
  ExistingVideo,
  'recordingId' | 'streamerId' | 'streamerName' | 'title' | 'category' | 'recordedAt' | 'file' | 'moving'
> & { readonly id: number; readonly place: string };

const columns = [
  'id',
  'recordingId',
  'streamerId',
  'streamerName',
  'title',
  'category',
  'recordedAt',
  'file',
  'moving',
  'place',
] as const;

/** Gives all videos the names that the template wants. What was interrupted goes on where it was. */
@Injectable()
export class LibraryMover {
  #progress: MoveProgress | null = null;

  constructor(
    private readonly em: EntityManager,
    private readonly library: LibraryStream,
    private readonly names: LibraryNames,
    private readonly mover: VideoMover,
    private readonly root: LibraryRoot,
  ) {}

  get progress(): MoveProgress | null {
    return this.#progress;
  }

  /** What would be moved; nothing is noted down or touched. */
  async preview(): Promise<{ readonly videos: number; readonly moves: PlannedMove[] }> {
    await this.root.requireThere();
    const { template } = await this.library.choices();
    const rows = await this.#rows();
    const taken = namesOf(rows);
    const foreign = new ForeignNames(this.root.path, new Set(taken.keys()));
    const planned = new Set<string>();
    const moves: PlannedMove[] = [];
    for (const row of rows.filter(({ place }) => place === 'library')) {
      const to = await this.#nameOf(row, template, taken, foreign, planned);
      if (to === row.file) continue;
      rename(taken, row, to);
      moves.push({ videoId: row.id, from: row.file, to });
    }
    return { videos: rows.filter(({ place }) => place === 'library').length, moves };
  }

  /** @throws FolderGone, the signal's reason */
  async run(template: string, metadata: CommandMetadata, signal: AbortSignal): Promise<MoveOutcome> {
    await this.root.requireThere();
    const rows = await this.#rows();
    const taken = namesOf(rows);
    const foreign = new ForeignNames(this.root.path, new Set(taken.keys()));
    const inLibrary = rows.filter(({ place }) => place === 'library');
    let [done, moved, failed] = [0, 0, 0];
    let trouble: string | undefined;
    try {
      for (const row of inLibrary) {
        signal.throwIfAborted();
        this.#progress = { videos: inLibrary.length, done, moved, failed };
        const to = row.moving?.file ?? (await this.#nameOf(row, template, taken, foreign));
        done += 1;
        if (to === row.file) continue;
        const own = { ...metadata, commandId: deterministicId(metadata.commandId, row.id, to) };
        const outcome = await this.mover.move(row.id, { file: to, thumbnailFile: pictureOf(to) }, own);
        if (outcome.kind === 'moved') {
          rename(taken, row, to);
          moved += 1;
        } else {
          failed += 1;
          trouble ??= outcome.message;
        }
      }
      return { videos: inLibrary.length, done, moved, failed, trouble };
    } finally {
      this.#progress = null;
    }
  }

  async #nameOf(
    row: NamedRow,
    template: string,
    taken: ReadonlyMap<string, number>,
    foreign: ForeignNames,
    planned?: Set<string>,
  ): Promise<string> {
    const wanted = await this.names.wantedFor({ ...row, videoId: row.id }, template, planned);
    return numbered(wanted, async (file) => {
      const owner = taken.get(folded(file));
      if (owner !== undefined) return owner !== row.id;
      return foreign.has(file);
    });
  }

  /** The oldest first: numbers within a day are given in this order. */
  async #rows(): Promise<NamedRow[]> {
    const rows = await this.em
      .fork()
      .find(
        VideoRow,
        { place: { $ne: 'purged' } },
        { fields: [...columns], orderBy: { recordedAt: 'asc', id: 'asc' } },
      );
    return rows.map((row) => ({
      ...row,
      recordingId: row.recordingId ?? null,
      category: row.category ?? null,
      moving: row.moving ?? null,
    }));
  }
}

const namesOf = (rows: readonly NamedRow[]): Map<string, number> =>
  new Map(rows.map(({ id, file }) => [folded(file), id]));

function rename(taken: Map<string, number>, { id, file }: NamedRow, to: string): void {
  if (taken.get(folded(file)) === id) taken.delete(folded(file));
  taken.set(folded(to), id);
}

/** Files on the disk that the library does not know of, which are not to be written over either. Each folder is read once. */
class ForeignNames {
  readonly #folders = new Map<string, Promise<ReadonlySet<string>>>();

  constructor(
    private readonly root: string,
    private readonly own: ReadonlySet<string>,
  ) {}

  async has(file: string): Promise<boolean> {
    const folder = dirname(file);
    const found = this.#folders.get(folder) ?? namesIn(join(this.root, folder)).then(({ folded: names }) => names);
    this.#folders.set(folder, found);
    return (await found).has(folded(basename(file))) && !this.own.has(folded(file));
  }
}
