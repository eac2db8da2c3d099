import { Component, computed, inject, signal } from '@angular/core';
import type { Detection, Streamer } from '@streamvault/api-contract';
import { type Observable, catchError, forkJoin, map, of, switchMap } from 'rxjs';
import { ConsoleApi } from '../../api/console-api';
import { AutomationApi } from '../../automation/automation-api';
import { DetectionRow } from '../../automation/detection-row';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';

interface Noticed {
  readonly detection: Detection;
  readonly streamer: Streamer;
}
/** Of each streamer so many are looked at; the rest is on its own page. */
const perStreamer = 10;
/** There is no list of all: each streamer is asked, and of a great many only those at the front. */
const mostStreamers = 60;
const shownAtMost = 100;

/** Broadcasts that were noticed, of all streamers: what was not recorded, and why. */
@Component({
  selector: 'sv-detections-panel',
  imports: [DetectionRow, Skeleton, TroublePanel],
  template: `
    @if (query.value()) {
      <label class="only">
        <input #only type="checkbox" [checked]="onlyMissed()" (change)="onlyMissed.set(only.checked)" /> Only what was
        not recorded
      </label>
      @if (shown().length > 0) {
        <ul role="list" class="sv-card" data-testid="detections">
          @for (item of shown(); track item.detection.broadcastId) {
            <li><sv-detection-row [detection]="item.detection" [streamerName]="item.streamer.name" /></li>
          }
        </ul>
      } @else {
        <p class="sv-quiet nothing">
          {{ onlyMissed() ? 'Every broadcast that was noticed was recorded.' : 'No broadcast has been noticed yet.' }}
        </p>
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
    .only {
      display: flex;
      gap: 0.5rem;
      align-items: center;
      min-height: 44px;
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
  protected readonly onlyMissed = signal(true);

  protected readonly query = liveQuery({
    params: () => ({}),
    load: () => this.#console.streamers().pipe(switchMap((streamers) => this.#ofAll(streamers))),
    concerns: isOfCategory('broadcast'),
  });
  protected readonly shown = computed(() =>
    (this.query.value() ?? [])
      .filter(({ detection }) => !this.onlyMissed() || !detection.isRecorded)
      .toSorted((one, other) => Date.parse(other.detection.startedAt) - Date.parse(one.detection.startedAt))
      .slice(0, shownAtMost),
  );

  #ofAll(streamers: readonly Streamer[]): Observable<readonly Noticed[]> {
    if (streamers.length === 0) return of([]);
    return forkJoin(
      streamers.slice(0, mostStreamers).map((streamer) =>
        this.#api.detections(streamer.id, perStreamer).pipe(
          map(({ items }) => items.map((detection) => ({ detection, streamer }))),
          // Removed in the meantime: the others are still worth showing.
          catchError(() => of<Noticed[]>([])),
        ),
      ),
    ).pipe(map((lists) => lists.flat()));
  }
}
