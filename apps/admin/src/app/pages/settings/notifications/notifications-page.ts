import { Component, computed, inject, signal, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { NotificationTarget, TargetTest } from '@streamvault/api-contract';
import { ConsoleApi } from '../../../api/console-api';
import { Ask } from '../../../commands/ask';
import { Commands } from '../../../commands/commands';
import { Notices } from '../../../commands/notices';
import { isOfCategory, liveQuery } from '../../../feed/live-query';
import { Clock } from '../../../ui/clock';
import { formatSpan, formatTime, formatWhen } from '../../../ui/formats';
import { Icon } from '../../../ui/icon';
import { Skeleton } from '../../../ui/skeleton';
import { TroublePanel } from '../../../ui/trouble-panel';
import { DeliveryList } from './delivery-list';
import { NotificationsApi } from './notifications-api';
import { kindOfTarget, noticeLabel } from './target-fields';
import { TargetForm } from './target-form';

/** Targets of notices, with a test that shows the receiver's answer, and the state of each notice. */
@Component({
  selector: 'sv-notifications-page',
  imports: [DeliveryList, Icon, MatButton, RouterLink, Skeleton, TargetForm, TroublePanel],
  templateUrl: './notifications-page.html',
  styleUrl: './notifications-page.scss',
})
export default class NotificationsPage {
  readonly #api = inject(NotificationsApi);
  readonly #ask = inject(Ask);
  readonly #clock = inject(Clock);
  readonly #console = inject(ConsoleApi);
  readonly #notices = inject(Notices);
  protected readonly commands = inject(Commands);
  protected readonly deliveries = viewChild(DeliveryList);

  protected readonly targets = liveQuery({
    params: () => ({}),
    load: () => this.#api.targets(),
    concerns: isOfCategory('notification_targets'),
  });
  protected readonly streamers = liveQuery({ params: () => ({}), load: () => this.#console.streamers() });
  /** The target whose form is open; `new` for one to be added. */
  protected readonly open = signal<number | 'new' | null>(null);
  /** The result of each target's latest test. */
  protected readonly tests = signal<ReadonlyMap<number, TargetTest>>(new Map());

  protected readonly shown = computed(() =>
    (this.targets.value() ?? []).map((target) => ({
      target,
      kind: kindOfTarget(target.settings.kind)?.label ?? target.settings.kind,
      about: this.#about(target),
      state: this.#state(target),
    })),
  );

  #about({ kinds, streamerIds }: NotificationTarget): string {
    const what = kinds === null ? 'Everything' : kinds.map((kind) => noticeLabel(kind)).join(', ') || 'Nothing';
    const names = (this.streamers.value() ?? []).filter(({ id }) => streamerIds?.includes(id)).map(({ name }) => name);
    return streamerIds === null ? what : `${what}, of ${names.join(', ') || `${streamerIds.length} streamers`}`;
  }

  #state({ enabled, switchedOff, restingUntil }: NotificationTarget): string | null {
    if (switchedOff) return `Turned off ${formatWhen(switchedOff.at, this.#clock.now())}: ${switchedOff.cause.message}`;
    if (!enabled) return 'Turned off';
    return restingUntil === null ? null : `Failed several times; next attempt at ${formatTime(restingUntil)}`;
  }

  protected testWords({ delivered, status, seconds, failure }: TargetTest): string {
    const answered = status === null ? '' : ` The receiver answered ${status}.`;
    return delivered
      ? `Delivered in ${formatSpan(seconds)}.${answered}`
      : `Not delivered.${answered} ${failure?.message ?? ''}`;
  }

  protected async test({ id }: NotificationTarget): Promise<void> {
    const answer = await this.commands.run(`test-${id}`, () => this.#api.test(id));
    if (answer) this.tests.update((before) => new Map(before).set(id, answer));
    this.targets.reload();
  }

  protected async toggle({ id, enabled }: NotificationTarget): Promise<void> {
    await this.commands.run(`target-${id}`, () => this.#api.change(id, { enabled: !enabled }));
    this.targets.reload();
  }

  protected async remove({ id, name }: NotificationTarget): Promise<void> {
    const confirmed = await this.#ask.confirm({
      title: `Remove “${name}”?`,
      text: 'Its secrets are erased, and waiting notices are not sent. This cannot be undone.',
      confirm: 'Remove',
    });
    if (!confirmed) return;
    await this.commands.run(`target-${id}`, () => this.#api.remove(id));
    this.targets.reload();
    this.deliveries()?.query.reload();
  }

  protected saved({ name }: NotificationTarget): void {
    this.open.set(null);
    this.#notices.done(`“${name}” is saved.`);
    this.targets.reload();
  }
}
