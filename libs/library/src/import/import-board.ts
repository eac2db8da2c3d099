import { Injectable } from '@nestjs/common';
import type { ImportReport, ImportStatus } from '@streamvault/api-contract';

/** How far the import is that runs in this process, and what the last one came to. */
@Injectable()
export class ImportBoard {
  #running: ImportStatus['running'] = null;
  #last: ImportStatus['last'] = null;

  get status(): ImportStatus {
    return { running: this.#running, last: this.#last };
  }

  /** @returns false where one runs already */
  begin(about: { readonly path: string; readonly dryRun: boolean; readonly startedAt: string }): boolean {
    if (this.#running) return false;
    this.#running = { ...about, files: 0, done: 0, file: null };
    return true;
  }

  at(progress: { readonly files: number; readonly done: number; readonly file: string }): void {
    if (this.#running) this.#running = { ...this.#running, ...progress };
  }

  /** @param report null where it failed */
  end(report: ImportReport | null): void {
    const path = this.#running?.path ?? '';
    this.#running = null;
    if (report) this.#last = { ...report, path, finishedAt: new Date().toISOString() };
  }
}
