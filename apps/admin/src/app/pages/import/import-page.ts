import { Component, computed, effect, inject, signal, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { ImportReport } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { type Trouble, describeTrouble } from '../../api/trouble';
import { liveQuery } from '../../feed/live-query';
import { LibraryApi } from '../../library/library-api';
import { Clock } from '../../ui/clock';
import { formatBytes, formatCount, formatDuration, formatWhen } from '../../ui/formats';
import { Icon } from '../../ui/icon';

/** The feed does not report its progress. */
const watchMilliseconds = 1000;

/** Videos in the library's folder that are not in the library: first a preview, then the import. */
@Component({
  selector: 'sv-import-page',
  imports: [Icon, MatButton, RouterLink],
  templateUrl: './import-page.html',
  styleUrl: './import-page.scss',
})
export default class ImportPage {
  readonly #console = inject(ConsoleApi);
  readonly #api = inject(LibraryApi);
  readonly #clock = inject(Clock);
  protected readonly streamers = liveQuery({ params: () => ({}), load: () => this.#console.streamers() });

  protected readonly path = signal('.');
  protected readonly streamer = signal('');
  protected readonly working = signal(false);
  protected readonly trouble = signal<Trouble | undefined>(undefined);
  protected readonly report = signal<ImportReport | undefined>(undefined);
  /** The running import, of this page or of another one. */
  readonly #status = liveQuery({ params: () => ({}), load: () => this.#api.importing() });
  protected readonly progress = computed(() => {
    const running = this.#status.value()?.running;
    if (!running) return undefined;
    const { dryRun, path, done, files } = running;
    const deed = dryRun ? 'Reading' : 'Importing from';
    return { ...running, words: `${deed} ${path}: ${formatCount(done)} of ${formatCount(files)} files.` };
  });

  protected readonly imported = computed(() =>
    (this.report()?.imported ?? []).map((video) => ({
      ...video,
      about: [
        video.streamerName,
        formatWhen(video.recordedAt, this.#clock.now()),
        formatDuration(video.durationSeconds),
        formatBytes(video.bytes),
      ].join(' · '),
    })),
  );
  protected readonly summary = computed(() => {
    const report = this.report();
    if (!report) return '';
    const { files, imported, skipped, unreadable, dryRun } = report;
    const done = dryRun ? 'would be imported' : 'imported';
    return `${formatCount(files)} files looked at: ${imported.length} ${done}, ${skipped.length} left aside, ${unreadable.length} unreadable.`;
  });
  protected readonly lists = computed(() => {
    const report = this.report();
    return [
      { title: 'Left aside', items: report?.skipped ?? [] },
      { title: 'Could not be read', items: report?.unreadable ?? [] },
    ].filter(({ items }) => items.length > 0);
  });
  constructor() {
    effect((onCleanup) => {
      if (!this.#status.value()?.running && !this.working()) return;
      const timer = setTimeout(() => untracked(() => this.#status.reload()), watchMilliseconds);
      onCleanup(() => clearTimeout(timer));
    });
  }

  /** The folder or streamer has changed, so the former result no longer applies. */
  protected changed(): void {
    this.report.set(undefined);
    this.trouble.set(undefined);
  }

  protected async run(dryRun: boolean, event?: Event): Promise<void> {
    event?.preventDefault();
    if (this.working()) return;
    this.working.set(true);
    this.trouble.set(undefined);
    const streamerId = this.streamer() === '' ? undefined : Number(this.streamer());
    try {
      const body = { path: this.path().trim(), dryRun, ...(streamerId !== undefined && { streamerId }) };
      this.report.set(await this.#api.import(body));
    } catch (error) {
      // There is no such folder, or the server is unavailable. The message appears here, where the folder can be
      // changed.
      this.trouble.set(describeTrouble(error));
    } finally {
      this.working.set(false);
    }
  }
}
