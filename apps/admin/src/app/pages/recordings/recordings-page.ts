import { Component, computed, inject, input, linkedSignal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { ConsoleApi } from '../../api/console-api';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { FilterLinks } from '../../ui/filter-links';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';
import { RecordingRow } from './recording-row';

const filters = [
  { label: 'All', value: null, states: undefined },
  {
    label: 'In progress',
    value: 'open',
    states: 'requested,starting,capturing,reconnecting,finalizing,postProcessing',
  },
  { label: 'Ready', value: 'completed', states: 'completed' },
  { label: 'Failed', value: 'failed', states: 'failed' },
  { label: 'Cancelled', value: 'cancelled', states: 'cancelled' },
] as const;

@Component({
  selector: 'sv-recordings-page',
  imports: [FilterLinks, Icon, MatButton, RecordingRow, RouterLink, Skeleton, TroublePanel],
  template: `
    <div class="sv-page">
      <div class="sv-head">
        <div class="title">
          <a routerLink="/library" class="sv-up"><sv-icon name="back" /> Library</a>
          <h1>All recordings</h1>
        </div>
        <sv-filter-links label="Filter by state" parameter="state" [choices]="filters" [chosen]="filter().value" />
      </div>
      @if (recordings.value(); as page) {
        @if (page.items.length > 0) {
          <ul role="list" class="sv-card" [attr.aria-busy]="recordings.loading()">
            @for (recording of page.items; track recording.id) {
              <li><sv-recording-row [recording]="recording" [attr.data-testid]="'recording-' + recording.id" /></li>
            }
          </ul>
          @if (page.nextCursor !== null) {
            <button
              matButton="outlined"
              type="button"
              class="more"
              [disabled]="recordings.loading()"
              (click)="loadMore()"
            >
              Load more
            </button>
          }
        } @else {
          <p class="sv-quiet nothing">
            {{
              filter().value === null
                ? 'Nothing has been recorded yet. Add a streamer and press Record.'
                : 'There is none in this state.'
            }}
          </p>
        }
      } @else if (recordings.trouble(); as trouble) {
        <sv-trouble [trouble]="trouble" (retry)="recordings.reload()" />
      } @else {
        <sv-skeleton [count]="6" [height]="68" />
      }
    </div>
  `,
  styles: `
    .title {
      display: grid;
      gap: 0.4rem;
    }
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    .more {
      justify-self: center;
    }
    .nothing {
      padding: 3rem 0;
      text-align: center;
    }
  `,
})
export default class RecordingsPage {
  readonly #api = inject(ConsoleApi);
  /** From the address: `?state=failed`. */
  readonly state = input<string>();
  protected readonly filters = filters;
  protected readonly filter = computed(() => filters.find(({ value }) => value === this.state()) ?? filters[0]);
  protected readonly pages = linkedSignal({ source: this.filter, computation: () => 1 });

  protected readonly recordings = liveQuery({
    params: () => ({ states: this.filter().states, pages: this.pages() }),
    load: ({ states, pages }) => this.#api.recordings(states === undefined ? {} : { state: states }, pages),
    concerns: isOfCategory('recording'),
    keepAcrossParams: true,
  });

  protected loadMore(): void {
    this.pages.update((pages) => pages + 1);
  }
}
