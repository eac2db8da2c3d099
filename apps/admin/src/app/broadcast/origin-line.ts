import { Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Video } from '@streamvault/api-contract';
import { ConsoleApi } from '../api/console-api';
import { liveQuery } from '../feed/live-query';
import { clockOf } from '../player/cut-range';

/** What a video was cut out of, and where in it. */
@Component({
  selector: 'sv-origin-line',
  imports: [RouterLink],
  template: `
    cut from
    @if (source.value(); as video) {
      <a dir="auto" [routerLink]="['/videos', video.id]" [queryParams]="{ t: second() }">{{ video.title }}</a>,
      <span class="sv-numbers">{{ span() }}</span>
    } @else if (source.trouble()?.status === 404) {
      a video that is gone, <span class="sv-numbers">{{ span() }}</span>
    } @else {
      another video, <span class="sv-numbers">{{ span() }}</span>
    }
  `,
})
export class OriginLine {
  readonly origin = input.required<NonNullable<Video['origin']>>();
  readonly #api = inject(ConsoleApi);
  protected readonly source = liveQuery({
    params: () => this.origin().videoId,
    load: (id) => this.#api.video(String(id)),
  });
  protected readonly second = computed(() => Math.floor(this.origin().fromSeconds));
  protected readonly span = computed(() => {
    const { fromSeconds, toSeconds } = this.origin();
    return `${clockOf(fromSeconds)}–${clockOf(toSeconds)}`;
  });
}
