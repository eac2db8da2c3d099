import { Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { TwitchCheck } from '@streamvault/api-contract';
import { AutomationApi } from '../../../automation/automation-api';
import { Commands } from '../../../commands/commands';
import { liveQuery } from '../../../feed/live-query';
import { Clock } from '../../../ui/clock';
import { formatCount, formatWhen } from '../../../ui/formats';
import { Icon } from '../../../ui/icon';
import { Skeleton } from '../../../ui/skeleton';
import { TroublePanel } from '../../../ui/trouble-panel';
import { TwitchFollowsImport } from './twitch-follows';
import { type Fact, twitchFacts } from './twitch-facts';

/** Access to sources: how Twitch is watched, a step-by-step check of its set-up, and channels to add from there. */
@Component({
  selector: 'sv-sources-page',
  imports: [Icon, MatButton, RouterLink, Skeleton, TroublePanel, TwitchFollowsImport],
  templateUrl: './sources-page.html',
  styleUrl: './sources-page.scss',
})
export default class SourcesPage {
  readonly #api = inject(AutomationApi);
  readonly #clock = inject(Clock);
  protected readonly commands = inject(Commands);

  protected readonly status = liveQuery({ params: () => ({}), load: () => this.#api.twitchStatus() });
  protected readonly check = signal<(TwitchCheck & { readonly at: string }) | undefined>(undefined);
  protected readonly checkedAt = computed(() => {
    const check = this.check();
    return check && formatWhen(check.at, this.#clock.now());
  });
  protected readonly isSetUp = computed(() => this.status.value()?.mode === 'helix');
  protected readonly facts = computed((): readonly Fact[] => {
    const status = this.status.value();
    return status ? twitchFacts(status, { when: (at) => formatWhen(at, this.#clock.now()), count: formatCount }) : [];
  });
  protected readonly problems = computed(() => {
    const status = this.status.value();
    const all = [
      status?.watch.problem,
      status?.eventSub?.problem,
      ...(status?.eventSub?.shards.map(({ problem }) => problem) ?? []),
    ];
    return [...new Set(all.filter((problem) => typeof problem === 'string'))];
  });
  protected readonly webhookAddress = computed(() => `${location.origin}/eventsub`);

  protected async runCheck(): Promise<void> {
    const check = await this.commands.run('twitch-check', () => this.#api.checkTwitch());
    if (check) this.check.set({ ...check, at: new Date().toISOString() });
    this.status.reload();
  }
}
