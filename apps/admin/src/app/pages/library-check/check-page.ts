import { Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { ConsistencyReport, MendReport } from '@streamvault/api-contract';
import { Ask } from '../../commands/ask';
import { Commands } from '../../commands/commands';
import { LibraryApi } from '../../library/library-api';
import { formatBytes, formatCount } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { FileFindings, type Finding } from './file-findings';

type Kind = 'missing' | 'changed' | 'leftovers';
const kinds = ['missing', 'changed', 'leftovers'] as const;
const remedies = {
  missing: 'Move their records to the bin',
  changed: 'Measure these files again and correct their records',
  leftovers: 'Remove these files from the disk for good',
} as const satisfies Record<Kind, string>;

/** Library and disk compared; what differs is mended after a look at what exactly would be done. */
@Component({
  selector: 'sv-check-page',
  imports: [FileFindings, Icon, MatButton, RouterLink],
  templateUrl: './check-page.html',
  styleUrl: './check-page.scss',
})
export default class CheckPage {
  readonly #api = inject(LibraryApi);
  readonly #ask = inject(Ask);
  protected readonly commands = inject(Commands);
  protected readonly remedies = remedies;
  protected readonly kinds = kinds;

  protected readonly report = signal<ConsistencyReport | undefined>(undefined);
  protected readonly chosen = signal<ReadonlySet<Kind>>(new Set());
  /** What would be done, or was. */
  protected readonly mended = signal<MendReport | undefined>(undefined);
  protected readonly hasDrifted = computed(() => this.#findings().some(({ items }) => items.length > 0));

  readonly #findings = computed((): readonly Finding[] => {
    const report = this.report();
    if (!report) return [];
    return [
      { title: 'Videos whose file is missing', items: report.missing.map(({ file, videoId }) => ({ file, videoId })) },
      {
        title: 'Files of another size than was recorded',
        items: report.changed.map(({ file, videoId, bytes, bytesOnDisk }) => ({
          file,
          videoId,
          note: `${formatBytes(bytesOnDisk)} instead of ${formatBytes(bytes)}`,
        })),
      },
      {
        title: 'Left over from videos that are gone',
        items: report.leftovers.map(({ file, files, bytes }) => ({
          file,
          note: `${formatCount(files.length)} ${files.length === 1 ? 'file' : 'files'}, ${formatBytes(bytes)}`,
        })),
      },
      {
        title: 'Videos on the disk that the library does not know',
        items: report.unknown.map(({ file, bytes }) => ({ file, note: formatBytes(bytes) })),
      },
      { title: 'Could not be read', items: report.unreadable.map((file) => ({ file })) },
    ];
  });
  /** With a way to mend it, in the order of `kinds`. */
  protected readonly mendable = computed(() =>
    this.#findings()
      .slice(0, kinds.length)
      .map((finding, index) => ({ ...finding, kind: kinds[index] ?? 'missing' }))
      .filter(({ items }) => items.length > 0),
  );
  protected readonly others = computed(() =>
    this.#findings()
      .slice(kinds.length)
      .filter(({ items }) => items.length > 0),
  );
  protected readonly hasUnknown = computed(() => (this.report()?.unknown.length ?? 0) > 0);
  protected readonly deeds = computed((): readonly Finding[] => {
    const report = this.mended();
    if (!report) return [];
    const { dryRun } = report;
    return [
      {
        title: dryRun ? 'Records that would go to the bin' : 'Records that went to the bin',
        items: report.binned,
      },
      {
        title: dryRun ? 'Records that would be corrected' : 'Records that were corrected',
        items: report.measured.map(({ file, videoId, bytes, bytesOnDisk }) => ({
          file,
          videoId,
          note: `${formatBytes(bytes)} becomes ${formatBytes(bytesOnDisk)}`,
        })),
      },
      {
        title: dryRun ? 'Files that would be removed for good' : 'Files that were removed',
        items: report.removed.map((file) => ({ file })),
      },
      {
        title: dryRun ? 'Would stay as it is' : 'Stayed as it is',
        items: report.left.map(({ file, cause }) => ({ file, note: cause.message })),
      },
    ].filter(({ items }) => items.length > 0);
  });
  protected readonly amount = computed(() => {
    const { binned = [], measured = [], removed = [] } = this.mended() ?? {};
    return binned.length + measured.length + removed.length;
  });

  protected readonly summary = computed(() => {
    const videos = this.report()?.videos ?? 0;
    const words = `${formatCount(videos)} ${videos === 1 ? 'video' : 'videos'} compared with the disk`;
    return this.hasDrifted() ? `${words}.` : `${words}: all of them agree with their files.`;
  });

  protected choose(kind: Kind, isChosen: boolean): void {
    this.chosen.update((chosen) => new Set(isChosen ? [...chosen, kind] : [...chosen].filter((one) => one !== kind)));
    this.mended.set(undefined);
  }

  protected async compare(): Promise<void> {
    const report = await this.commands.run('consistency', () => this.#api.consistency());
    if (!report) return;
    this.report.set(report);
    this.mended.set(undefined);
    this.chosen.set(new Set(kinds.filter((kind) => kind !== 'leftovers' && report[kind].length > 0)));
  }

  protected async preview(): Promise<void> {
    await this.#mend(true);
  }

  protected async mend(): Promise<void> {
    const { length: files } = this.mended()?.removed ?? [];
    const confirmed =
      files === 0 ||
      (await this.#ask.confirm({
        title: `Remove ${formatCount(files)} ${files === 1 ? 'file' : 'files'} for good?`,
        text: 'They belong to no video of the library. They do not go to the bin: this cannot be undone.',
        confirm: 'Remove them',
      }));
    if (!confirmed || !(await this.#mend(false))) return;
    const report = await this.commands.run('consistency', () => this.#api.consistency());
    if (report) this.report.set(report);
  }

  async #mend(dryRun: boolean): Promise<boolean> {
    const chosen = this.chosen();
    const body = {
      dryRun,
      missing: chosen.has('missing'),
      changed: chosen.has('changed'),
      leftovers: chosen.has('leftovers'),
    };
    const report = await this.commands.run('mend', () => this.#api.mend(body));
    if (report) this.mended.set(report);
    return report !== undefined;
  }
}
