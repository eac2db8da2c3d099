import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Streamer } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { changesActivity, isOfCategory, liveQuery } from '../../feed/live-query';
import { StreamerCommands } from '../../streamers/streamer-commands';
import { StreamerRow } from '../../streamers/streamer-row';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';

/** All streamers: those on air first, then by name. */
@Component({
  selector: 'sv-streamers-page',
  imports: [Icon, MatButton, Skeleton, StreamerRow, TroublePanel],
  template: `
    <div class="sv-page">
      <div class="sv-head">
        <h1>Streamers</h1>
        <button matButton="filled" type="button" (click)="edit()"><sv-icon name="add" /> Add a streamer</button>
      </div>
      @if (streamers.value()) {
        @if (sorted().length > 0) {
          <h2 class="sv-sr-only">All streamers</h2>
          <ul role="list" class="sv-card" [attr.aria-busy]="streamers.loading()">
            @for (streamer of sorted(); track streamer.id) {
              <li>
                <sv-streamer-row
                  [streamer]="streamer"
                  [attr.data-testid]="'streamer-' + streamer.id"
                  (edit)="edit($event)"
                  (remove)="remove($event)"
                  (started)="streamers.reload()"
                />
              </li>
            }
          </ul>
        } @else {
          <p class="sv-quiet nothing">No streamers yet. Add the first by its address.</p>
        }
      } @else if (streamers.trouble(); as trouble) {
        <sv-trouble [trouble]="trouble" (retry)="streamers.reload()" />
      } @else {
        <sv-skeleton [count]="4" [height]="72" />
      }
    </div>
  `,
  styles: `
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    .nothing {
      padding: 3rem 0;
      text-align: center;
    }
  `,
})
export default class StreamersPage {
  readonly #api = inject(ConsoleApi);
  readonly #streamerCommands = inject(StreamerCommands);

  protected readonly streamers = liveQuery({
    params: () => ({}),
    load: () => this.#api.streamers(),
    concerns: (event) => isOfCategory('streamer')(event) || changesActivity(event.type),
  });
  protected readonly sorted = computed(() =>
    (this.streamers.value() ?? []).toSorted(
      (a, b) => Number(b.isLive === true) - Number(a.isLive === true) || a.name.localeCompare(b.name),
    ),
  );

  protected async edit(streamer?: Streamer): Promise<void> {
    if (await this.#streamerCommands.edit(streamer)) this.streamers.reload();
  }

  protected async remove(streamer: Streamer): Promise<void> {
    if (await this.#streamerCommands.remove(streamer)) this.streamers.reload();
  }
}
