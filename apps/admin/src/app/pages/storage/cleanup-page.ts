import { HttpClient } from '@angular/common/http';
import { Component, computed, inject, linkedSignal, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { CleanupPolicy, CleanupPreview, CleanupRunAnswer, CleanupSettings } from '@streamvault/api-contract';
import { firstValueFrom } from 'rxjs';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { Clock } from '../../ui/clock';
import { formatBytes, formatWhen } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { TroublePanel } from '../../ui/trouble-panel';
import { policyInWords, spareWords } from './cleanup-words';

const gigabyte = 1e9;
const emptyPolicy: CleanupPolicy = {
  name: 'All streamers',
  enabled: false,
  scope: { kind: 'all' },
  combine: 'any',
  remove: { beyondNewest: null, olderThanDays: null, aboveBytes: null, belowFreeBytes: null, watchedDaysAgo: null },
  keep: { newest: null, youngerThanDays: null },
  order: 'oldest',
};

/** The rules of cleaning up as sentences, exactly what they would remove now, and what they removed. */
@Component({
  selector: 'sv-cleanup-page',
  imports: [Icon, MatButton, RouterLink, TroublePanel],
  templateUrl: './cleanup-page.html',
  styleUrl: './cleanup-page.scss',
})
export default class CleanupPage {
  readonly #http = inject(HttpClient);
  readonly #clock = inject(Clock);
  readonly #notices = inject(Notices);
  protected readonly commands = inject(Commands);
  protected readonly spareWords = spareWords;

  protected readonly settings = liveQuery({
    params: () => ({}),
    load: () => this.#http.get<CleanupSettings>('/api/cleanup/policies'),
    concerns: isOfCategory('cleanup'),
  });
  protected readonly runs = liveQuery({
    params: () => ({}),
    load: () => this.#http.get<{ items: CleanupRunAnswer[] }>('/api/cleanup/runs'),
    concerns: isOfCategory('cleanuprun'),
  });
  protected readonly preview = signal<CleanupPreview | undefined>(undefined);

  /** The policy for all streamers, as it is being edited; those of single streamers and categories are listed below it. */
  protected readonly policy = linkedSignal(
    () => this.settings.value()?.policies.find(({ scope }) => scope.kind === 'all') ?? emptyPolicy,
  );
  protected readonly others = computed(
    () =>
      this.settings
        .value()
        ?.policies.filter(({ scope }) => scope.kind !== 'all')
        .map((policy) => ({ name: policy.name, words: policyInWords(policy), enabled: policy.enabled })) ?? [],
  );
  protected readonly words = computed(() => policyInWords(this.policy()));
  protected readonly bytes = formatBytes;

  protected when(instant: string): string {
    return formatWhen(instant, this.#clock.now());
  }

  /** Text of a number box; empty is no limit. */
  protected setRemove(name: keyof CleanupPolicy['remove'], text: string, unit = 1): void {
    const value = limitOf(text, unit);
    this.policy.update((policy) => ({ ...policy, remove: { ...policy.remove, [name]: value } }));
  }
  protected setKeep(name: keyof CleanupPolicy['keep'], text: string): void {
    const value = limitOf(text, 1);
    this.policy.update((policy) => ({ ...policy, keep: { ...policy.keep, [name]: value } }));
  }
  protected setEnabled(enabled: boolean): void {
    this.policy.update((policy) => ({ ...policy, enabled }));
  }
  protected inGigabytes(bytes: number | null): number | '' {
    return bytes === null ? '' : bytes / gigabyte;
  }
  protected readonly gigabyte = gigabyte;

  #edited(): CleanupSettings | undefined {
    const settings = this.settings.value();
    if (!settings) return undefined;
    const others = settings.policies.filter(({ scope }) => scope.kind !== 'all');
    return { ...settings, policies: [this.policy(), ...others] };
  }

  protected async save(): Promise<void> {
    const settings = this.#edited();
    if (!settings) return;
    const saved = await this.commands.run('save-cleanup', () =>
      firstValueFrom(this.#http.put<CleanupSettings>('/api/cleanup/policies', settings)),
    );
    if (saved) this.#notices.done('The rules are saved.');
    this.settings.reload();
  }

  protected async look(): Promise<void> {
    const settings = this.#edited();
    const preview = await this.commands.run('preview-cleanup', () =>
      firstValueFrom(this.#http.post<CleanupPreview>('/api/cleanup/preview', settings ? { settings } : {})),
    );
    this.preview.set(preview);
  }

  /** By the rules as they are saved. A large run needs the number of removals, typed in. */
  protected async run(typed: string): Promise<void> {
    const confirm = /^\d+$/.test(typed.trim()) ? Number(typed) : undefined;
    const run = await this.commands.run('run-cleanup', () =>
      firstValueFrom(this.#http.post<CleanupRunAnswer>('/api/cleanup/runs', confirm === undefined ? {} : { confirm })),
    );
    if (run) {
      this.#notices.done(
        run.outcome === 'held'
          ? 'That is more than a quarter of the library: type the number of removals to confirm.'
          : `${run.binned} into the bin, ${run.purged} removed for good.`,
      );
    }
    this.preview.set(undefined);
    this.runs.reload();
  }
}

const limitOf = (text: string, unit: number): number | null => {
  const value = Math.round(Number(text) * unit);
  return text.trim() !== '' && Number.isFinite(value) && value >= 1 ? value : null;
};
