import { Component, inject, input, linkedSignal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Detection, Page } from '@streamvault/api-contract';
import { type Observable, map, of, switchMap } from 'rxjs';
import { AutomationApi } from '../../automation/automation-api';
import { DetectionRow } from '../../automation/detection-row';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';

const pageSize = 50;

/** Every detected broadcast of a streamer, recorded or not, and why. */
@Component({
  selector: 'sv-streamer-detections',
  imports: [DetectionRow, MatButton, Skeleton, TroublePanel],
  template: `
    @if (query.value(); as page) {
      @if (page.items.length > 0) {
        <ul role="list" class="sv-card" data-testid="detections" [attr.aria-busy]="query.loading()">
          @for (detection of page.items; track detection.broadcastId) {
            <li><sv-detection-row [detection]="detection" /></li>
          }
        </ul>
        @if (page.nextCursor !== null) {
          <button matButton="outlined" type="button" [disabled]="query.loading()" (click)="loadMore()">
            Load more
          </button>
        }
      } @else {
        <p class="sv-quiet nothing">
          No broadcast has been detected yet. Each one will be listed here, recorded or not, with the reason.
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
    button {
      justify-self: center;
    }
    .nothing {
      padding: 2rem 0;
      text-align: center;
    }
  `,
})
export class StreamerDetections {
  readonly streamerId = input.required<string>();
  readonly #api = inject(AutomationApi);
  protected readonly pages = linkedSignal({ source: this.streamerId, computation: () => 1 });

  protected readonly query = liveQuery({
    params: () => ({ id: this.streamerId(), pages: this.pages() }),
    load: ({ id, pages }) => this.#upTo(id, pages, null),
    concerns: isOfCategory('broadcast'),
    keepAcrossParams: true,
  });

  protected loadMore(): void {
    this.pages.update((pages) => pages + 1);
  }

  #upTo(id: string, pages: number, cursor: string | null): Observable<Page<Detection>> {
    return this.#api
      .detections(id, pageSize, cursor)
      .pipe(
        switchMap((page) =>
          pages <= 1 || page.nextCursor === null
            ? of(page)
            : this.#upTo(id, pages - 1, page.nextCursor).pipe(
                map((rest) => ({ items: [...page.items, ...rest.items], nextCursor: rest.nextCursor })),
              ),
        ),
      );
  }
}
