import { Component, computed, inject, linkedSignal, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { ConsoleApi } from '../../api/console-api';
import { AutomationApi, type DetectionFilter } from '../../automation/automation-api';
import { DetectionRow } from '../../automation/detection-row';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';

/** Detected broadcasts of all streamers: what was not recorded, and why. */
@Component({
  selector: 'sv-detections-panel',
  imports: [DetectionRow, MatButton, Skeleton, TroublePanel],
  template: `
    <div class="filters" role="group" aria-label="Which broadcasts">
      <label class="sv-field">
        What became of them
        <select #outcome class="sv-input" (change)="recorded.set(outcomeOf(outcome.value))">
          <option value="false" selected>Not recorded</option>
          <option value="true">Recorded</option>
          <option value="">All</option>
        </select>
      </label>
      <label class="sv-field">
        Streamer
        <select #who class="sv-input" (change)="streamerId.set(who.value)">
          <option value="">All</option>
          @for (streamer of streamers.value() ?? []; track streamer.id) {
            <option [value]="streamer.id">{{ streamer.name }}</option>
          }
        </select>
      </label>
      <label class="sv-field">
        Since
        <input #since class="sv-input" type="date" (change)="day.set(since.value)" />
      </label>
    </div>
    @if (query.value(); as page) {
      @if (page.items.length > 0) {
        <ul role="list" class="sv-card" data-testid="detections" [attr.aria-busy]="query.loading()">
          @for (item of page.items; track item.broadcastId) {
            <li>
              <sv-detection-row
                [detection]="item"
                [streamerName]="item.streamerName ?? 'A streamer that was removed'"
              />
            </li>
          }
        </ul>
        @if (page.nextCursor !== null) {
          <button matButton="outlined" type="button" [disabled]="query.loading()" (click)="loadMore()">
            Load more
          </button>
        }
      } @else {
        <p class="sv-quiet nothing">{{ nothing() }}</p>
      }
    } @else if (query.trouble(); as trouble) {
      <sv-trouble [trouble]="trouble" (retry)="query.reload()" />
    } @else {
      <sv-skeleton [count]="4" [height]="72" />
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 1rem;
    }
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    .filters {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(12rem, 100%), 1fr));
      gap: 0.75rem;
    }
    button {
      justify-self: center;
    }
    .nothing {
      padding: 2rem 0;
      text-align: center;
    }
  `,
})
export class DetectionsPanel {
  readonly #api = inject(AutomationApi);
  readonly #console = inject(ConsoleApi);
  protected readonly recorded = signal<DetectionFilter['recorded']>('false');
  protected readonly streamerId = signal('');
  /** As a date field has it; empty: without a start. */
  protected readonly day = signal('');

  protected readonly streamers = liveQuery({
    params: () => ({}),
    load: () => this.#console.streamers(),
    concerns: isOfCategory('streamer'),
  });
  readonly #filter = computed((): DetectionFilter => {
    const recorded = this.recorded();
    const day = this.day();
    return {
      streamerId: this.streamerId(),
      ...(recorded && { recorded }),
      // The viewer's midnight.
      ...(day && { from: new Date(`${day}T00:00`).toISOString() }),
    };
  });
  protected readonly pages = linkedSignal({ source: this.#filter, computation: () => 1 });
  protected readonly query = liveQuery({
    params: () => ({ filter: this.#filter(), pages: this.pages() }),
    load: ({ filter, pages }) => this.#api.allDetections(filter, pages),
    concerns: isOfCategory('broadcast'),
    keepAcrossParams: true,
  });
  protected readonly nothing = computed(() => {
    if (this.streamerId() !== '' || this.day() !== '') return 'There is no such broadcast.';
    return this.recorded() === 'false'
      ? 'Every detected broadcast was recorded.'
      : 'No broadcast has been detected yet.';
  });

  protected outcomeOf(value: string): DetectionFilter['recorded'] {
    return value === 'true' || value === 'false' ? value : undefined;
  }

  protected loadMore(): void {
    this.pages.update((pages) => pages + 1);
  }
}
