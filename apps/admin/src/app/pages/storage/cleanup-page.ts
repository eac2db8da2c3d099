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
import { emptyPolicy, policyInWords, spareWords } from '../../cleanup/cleanup-words';
import { PolicyFields } from '../../cleanup/policy-fields';

/** The cleanup rules as sentences, what they would remove now, and what they removed. */
@Component({
  selector: 'sv-cleanup-page',
  imports: [Icon, MatButton, PolicyFields, RouterLink, TroublePanel],
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
        .map((policy) => ({
          name: policy.name,
          words: policyInWords(policy),
          enabled: policy.enabled,
          streamerId: policy.scope.kind === 'streamer' ? policy.scope.streamerId : null,
          category: policy.scope.kind === 'category' ? policy.scope.category : null,
        })) ?? [],
  );
  protected readonly words = computed(() => policyInWords(this.policy()));
  protected readonly bytes = formatBytes;

  protected when(instant: string): string {
    return formatWhen(instant, this.#clock.now());
  }

  /** As they are being edited. */
  protected readonly emergency = linkedSignal(() => this.settings.value()?.emergency ?? { enabled: false, hours: 6 });
  protected readonly floorHours = linkedSignal(() => this.settings.value()?.floorHours ?? 24);
  protected readonly emergencyWords = computed(() => {
    const { enabled, hours } = this.emergency();
    return enabled
      ? `When recordings would fill the disk within ${formatHours(hours)}, the bin is emptied first, then just as many of the oldest videos go at once.`
      : 'Off. When the disk is full, new recordings are refused.';
  });

  protected setEmergency(enabled: boolean): void {
    this.emergency.update((emergency) => ({ ...emergency, enabled }));
  }
  protected setHours(text: string): void {
    const hours = Math.round(Number(text));
    if (hours >= 1 && hours <= 72) this.emergency.update((emergency) => ({ ...emergency, hours }));
  }
  protected setFloor(text: string): void {
    const hours = Math.round(Number(text));
    if (hours >= 1) this.floorHours.set(Math.min(hours, 24 * 365));
  }

  #edited(): CleanupSettings | undefined {
    const settings = this.settings.value();
    if (!settings) return undefined;
    const others = settings.policies.filter(({ scope }) => scope.kind !== 'all');
    return {
      policies: [this.policy(), ...others],
      emergency: this.emergency(),
      floorHours: this.floorHours(),
    };
  }

  protected async save(): Promise<void> {
    const settings = this.#edited();
    if (settings) await this.#put(settings);
  }

  async #put(settings: CleanupSettings): Promise<boolean> {
    const saved = await this.commands.run('save-cleanup', () =>
      firstValueFrom(this.#http.put<CleanupSettings>('/api/cleanup/policies', settings)),
    );
    if (saved) this.#notices.done('The rules are saved.');
    this.settings.reload();
    return saved !== undefined;
  }

  /** The policy of a category, while it is being edited. */
  protected readonly draft = signal<CleanupPolicy | undefined>(undefined);

  /** With its present policy, if there is one. */
  protected editCategory(event: Event, typed: string): void {
    event.preventDefault();
    const category = typed.trim();
    if (category === '') return;
    const known = this.settings.value()?.policies.find((policy) => isOfCategoryNamed(policy, category));
    const fresh = { ...emptyPolicy, name: category, enabled: true, scope: { kind: 'category' as const, category } };
    this.draft.set(known ?? fresh);
  }
  protected async saveCategory(): Promise<void> {
    const draft = this.draft();
    if (draft?.scope.kind === 'category' && (await this.#replaceCategory(draft.scope.category, [draft])))
      this.draft.set(undefined);
  }
  protected async removeCategory(category: string): Promise<void> {
    if (await this.#replaceCategory(category, [])) this.draft.set(undefined);
  }

  /** Other edits on this page are not saved with it. */
  async #replaceCategory(category: string, by: readonly CleanupPolicy[]): Promise<boolean> {
    const settings = this.settings.value();
    if (!settings) return false;
    const others = settings.policies.filter((policy) => !isOfCategoryNamed(policy, category));
    return this.#put({ ...settings, policies: [...others, ...by] });
  }

  protected async look(): Promise<void> {
    const settings = this.#edited();
    const preview = await this.commands.run('preview-cleanup', () =>
      firstValueFrom(this.#http.post<CleanupPreview>('/api/cleanup/preview', settings ? { settings } : {})),
    );
    this.preview.set(preview);
  }

  /** By the saved rules. A large run needs the number of removals, typed by the user. */
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

const formatHours = (hours: number): string => (hours === 1 ? 'an hour' : `${hours} hours`);

const isOfCategoryNamed = ({ scope }: CleanupPolicy, category: string): boolean =>
  scope.kind === 'category' && scope.category.toLowerCase() === category.toLowerCase();
