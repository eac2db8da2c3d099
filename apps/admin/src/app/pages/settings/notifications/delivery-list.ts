import { Component, computed, inject, input, linkedSignal, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { NoticeDelivery, NotificationTarget } from '@streamvault/api-contract';
import { firstValueFrom } from 'rxjs';
import { describeTrouble } from '../../../api/trouble';
import { Notices } from '../../../commands/notices';
import { isOfCategory, liveQuery } from '../../../feed/live-query';
import { Clock } from '../../../ui/clock';
import { formatTime, formatWhen } from '../../../ui/formats';
import { TroublePanel } from '../../../ui/trouble-panel';
import { deliveryWords } from './delivery-words';
import { NotificationsApi } from './notifications-api';
import { noticeLabel } from './target-fields';

const states = [
  { value: '', label: 'All' },
  { value: 'pending', label: 'Waiting' },
  { value: 'retry', label: 'Trying again' },
  { value: 'delivered', label: 'Delivered' },
  { value: 'dead', label: 'Given up' },
] as const;

/** The outbox: what was sent, what waits, and what was given up and why. */
@Component({
  selector: 'sv-delivery-list',
  imports: [MatButton, TroublePanel],
  template: `
    <div class="sv-head">
      <h2 id="deliveries">Deliveries</h2>
      <label>
        <span class="sv-sr-only">Which</span>
        <select #box class="sv-input" (change)="state.set(box.value)">
          @for (option of states; track option.value) {
            <option [value]="option.value" [selected]="option.value === state()">{{ option.label }}</option>
          }
        </select>
      </label>
      <button matButton type="button" [disabled]="query.loading()" (click)="query.reload()">Refresh</button>
    </div>
    @if (query.value()) {
      <ul role="list" data-testid="deliveries">
        @for (row of rows(); track row.id) {
          <li [attr.data-state]="row.state">
            <div>
              <p class="title" dir="auto">{{ row.title }}</p>
              <p class="sv-quiet small">{{ row.about }}</p>
            </div>
            <p class="state">{{ row.words }}</p>
          </li>
        } @empty {
          <li class="sv-quiet">Nothing here.</li>
        }
      </ul>
      @if (nextCursor() !== null) {
        <button matButton="outlined" type="button" [disabled]="loadingMore()" (click)="loadMore()">Load more</button>
      }
    } @else if (query.trouble(); as trouble) {
      <sv-trouble [trouble]="trouble" (retry)="query.reload()" />
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 0.8rem;
    }
    h2 {
      flex: 1;
    }
    li {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      gap: 0.2rem 1.5rem;
      align-items: center;
      min-height: 56px;
      padding: 0.5rem 0;
      overflow-wrap: anywhere;
    }
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    .title {
      font-weight: 600;
    }
    .small {
      font-size: 0.8125rem;
    }
    [data-state='dead'] .state,
    [data-state='retry'] .state {
      color: var(--sv-warn);
    }
    @media (width < 640px) {
      li {
        grid-template-columns: minmax(0, 1fr);
      }
    }
  `,
})
export class DeliveryList {
  readonly targets = input<readonly NotificationTarget[]>([]);
  readonly #api = inject(NotificationsApi);
  readonly #clock = inject(Clock);
  readonly #notices = inject(Notices);
  protected readonly states = states;
  protected readonly state = signal('');

  readonly query = liveQuery({
    params: () => ({ state: this.state() }),
    load: ({ state }) => this.#api.deliveries(state === '' ? {} : { state }),
    concerns: isOfCategory('notice'),
    keepAcrossParams: true,
  });
  /** What was loaded after the first page; dropped when the first page changes. */
  readonly #more = linkedSignal<unknown, { items: NoticeDelivery[]; nextCursor: string | null } | undefined>({
    source: this.query.value,
    computation: () => undefined,
  });
  protected readonly nextCursor = computed(() => (this.#more() ?? this.query.value())?.nextCursor ?? null);
  protected readonly loadingMore = signal(false);
  protected readonly rows = computed(() => {
    const now = this.#clock.now();
    return [...(this.query.value()?.items ?? []), ...(this.#more()?.items ?? [])].map((delivery) => {
      const target = this.targets().find(({ id }) => id === delivery.targetId)?.name ?? `Target ${delivery.targetId}`;
      return {
        id: delivery.id,
        state: delivery.state,
        title: delivery.title,
        about: [noticeLabel(delivery.kind), target, formatWhen(delivery.queuedAt, now)].join(' · '),
        words: deliveryWords(delivery, formatTime),
      };
    });
  });

  protected async loadMore(): Promise<void> {
    const cursor = this.nextCursor();
    if (cursor === null) return;
    this.loadingMore.set(true);
    try {
      const state = this.state();
      const page = await firstValueFrom(this.#api.deliveries({ cursor, ...(state !== '' && { state }) }));
      this.#more.update((before) => ({
        items: [...(before?.items ?? []), ...page.items],
        nextCursor: page.nextCursor,
      }));
    } catch (error) {
      // The server is unavailable; what is shown stays.
      this.#notices.trouble(describeTrouble(error));
    } finally {
      this.loadingMore.set(false);
    }
  }
}
