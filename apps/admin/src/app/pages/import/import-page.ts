import { Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { ConsistencyReport, ImportReport } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { type Trouble, describeTrouble } from '../../api/trouble';
import { Commands } from '../../commands/commands';
import { liveQuery } from '../../feed/live-query';
import { Clock } from '../../ui/clock';
import { formatBytes, formatCount, formatDuration, formatWhen } from '../../ui/formats';
import { Icon } from '../../ui/icon';

/** Videos that lie in the library's folder and are not in it: first what would happen, then it happens. */
@Component({
  selector: 'sv-import-page',
  imports: [Icon, MatButton, RouterLink],
  templateUrl: './import-page.html',
  styleUrl: './import-page.scss',
})
export default class ImportPage {
  readonly #api = inject(ConsoleApi);
  readonly #clock = inject(Clock);
  protected readonly commands = inject(Commands);
  protected readonly streamers = liveQuery({ params: () => ({}), load: () => this.#api.streamers() });

  protected readonly path = signal('.');
  protected readonly streamer = signal('');
  protected readonly working = signal(false);
  protected readonly trouble = signal<Trouble | undefined>(undefined);
  protected readonly report = signal<ImportReport | undefined>(undefined);
  protected readonly check = signal<ConsistencyReport | undefined>(undefined);

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
  protected readonly findings = computed(() => {
    const check = this.check();
    if (!check) return [];
    return [
      { title: 'Videos whose file is missing', items: check.missing.map(({ file }) => file) },
      {
        title: 'Files of another size than was recorded',
        items: check.changed.map(
          ({ file, bytes, bytesOnDisk }) => `${file}: ${formatBytes(bytesOnDisk)} instead of ${formatBytes(bytes)}`,
        ),
      },
      {
        title: 'Files that no video belongs to. They can be imported',
        items: check.unknown.map(({ file, bytes }) => `${file} (${formatBytes(bytes)})`),
      },
      { title: 'Could not be looked at', items: check.unreadable },
    ].filter(({ items }) => items.length > 0);
  });

  /** Another folder or streamer: what was found does not say anything about it. */
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
      this.report.set(await this.#api.importVideos(body));
    } catch (error) {
      // No such folder, or the server is away: said here, where another can be named.
      this.trouble.set(describeTrouble(error));
    } finally {
      this.working.set(false);
    }
  }

  protected async compare(): Promise<void> {
    const check = await this.commands.run('consistency', () => this.#api.consistency());
    if (check) this.check.set(check);
  }
}
