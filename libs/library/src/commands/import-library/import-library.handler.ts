import { CommandHandler, type ICommandHandler, QueryBus } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import type { ImportReport } from '@streamvault/api-contract';
import { WorkQueue } from '@streamvault/jobs';
import { LibraryRoot } from '@streamvault/recording';
import { GetStreamer, ListStreamers } from '@streamvault/streamers';
import { FolderNotInLibrary, ImportRunning, TooManyFiles } from '../../import/import-errors.js';
import { folderInside, walk } from '../../import/library-walk.js';
import { isVideoFile } from '../../import/is-video-file.js';
import { VideoImporter, type ImportStreamer } from '../../import/video-importer.js';
import { ImportBoard } from '../../import/import-board.js';
import { ImportLibrary } from './import-library.command.js';

const MOST_FILES = 20_000;

@CommandHandler(ImportLibrary)
export class ImportLibraryHandler implements ICommandHandler<ImportLibrary> {
  constructor(
    private readonly root: LibraryRoot,
    private readonly queue: WorkQueue,
    private readonly queries: QueryBus,
    private readonly importer: VideoImporter,
    private readonly board: ImportBoard,
  ) {}

  async execute(command: ImportLibrary): ReturnType<ICommandHandler<ImportLibrary>['execute']> {
    requirePermission(command.metadata, 'videos.import');
    const { path, isDryRun } = command.choice;
    if (!this.board.begin({ path, dryRun: isDryRun, startedAt: command.metadata.now })) throw new ImportRunning();
    try {
      const imported = await this.#import(command);
      this.board.end(imported.report);
      return imported;
    } catch (error) {
      this.board.end(null);
      throw error;
    }
  }

  async #import({ choice: { path, isDryRun, streamerId }, metadata }: ImportLibrary) {
    await this.root.requireThere();
    const folder = await folderInside(this.root.path, path);
    if (folder === undefined) throw new FolderNotInLibrary();
    const found = await walk(this.root.path, folder, MOST_FILES);
    if (found.isCut) throw new TooManyFiles(MOST_FILES);
    const streamers = streamerId === undefined ? await this.#streamers() : [await this.#streamer(streamerId)];
    const report: ImportReport = { dryRun: isDryRun, files: 0, imported: [], skipped: [], unreadable: [] };
    for (const { file, code } of found.unreadable)
      report.unreadable.push({ file, cause: { code: 'import.unreadable', message: `The system answered ${code}.` } });
    let position;
    const videos = found.files.filter(({ file: name }) => isVideoFile(name));
    for (const file of videos) {
      this.board.at({ files: videos.length, done: report.files, file: file.file });
      report.files += 1;
      // One place in the queue for each file, so that finishing recordings can come in between.
      const outcome = await this.queue.run(file.file, { group: 'import', priority: -1 }, () =>
        this.importer.import(file, { streamers, isGiven: streamerId !== undefined, isDryRun, metadata }),
      );
      if (outcome.kind === 'imported') report.imported.push(outcome.video);
      else report[outcome.kind].push({ file: file.file, cause: outcome.cause });
      position = outcome.kind === 'imported' ? (outcome.position ?? position) : position;
    }
    return { report, position };
  }

  async #streamer(id: number): Promise<ImportStreamer> {
    const { name } = await this.queries.execute(new GetStreamer(id));
    return { id, name };
  }

  async #streamers(): Promise<ImportStreamer[]> {
    const all: ImportStreamer[] = [];
    for (let after: number | undefined; ;) {
      const { items } = await this.queries.execute(new ListStreamers({ limit: 200, after }));
      all.push(...items.map(({ id, name }) => ({ id, name })));
      after = items.at(-1)?.id;
      if (items.length < 200) return all;
    }
  }
}
