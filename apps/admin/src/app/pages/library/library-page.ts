import { Component, DestroyRef, computed, inject, input, linkedSignal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import { ConsoleApi, type VideoSort } from '../../api/console-api';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';
import { isNewPicture } from './new-picture';
import { VideoCard } from './video-card';

const sorts: readonly { value: VideoSort; label: string }[] = [
  { value: '-recordedAt', label: 'Newest first' },
  { value: 'recordedAt', label: 'Oldest first' },
  { value: '-durationSeconds', label: 'Longest first' },
  { value: 'durationSeconds', label: 'Shortest first' },
  { value: '-bytes', label: 'Largest first' },
  { value: 'bytes', label: 'Smallest first' },
];
const typingMilliseconds = 250;

@Component({
  selector: 'sv-library-page',
  imports: [Icon, MatButton, RouterLink, Skeleton, TroublePanel, VideoCard],
  templateUrl: './library-page.html',
  styleUrl: './library-page.scss',
})
export default class LibraryPage {
  readonly #api = inject(ConsoleApi);
  readonly #router = inject(Router);
  /** From the address: `?q=ferry&sort=-bytes`. */
  readonly q = input<string>();
  readonly sort = input<string>();

  protected readonly sorts = sorts;
  protected readonly words = computed(() => this.q()?.trim() ?? '');
  protected readonly order = computed(() => sorts.find(({ value }) => value === this.sort())?.value ?? '-recordedAt');
  protected readonly pages = linkedSignal({ source: () => [this.words(), this.order()], computation: () => 1 });

  protected readonly videos = liveQuery({
    params: () => ({ words: this.words(), sort: this.order(), pages: this.pages() }),
    load: ({ words, sort, pages }) => this.#api.videos(words === '' ? { sort } : { q: words, sort }, pages),
    concerns: (event) => isOfCategory('video')(event) || isNewPicture(event),
    keepAcrossParams: true,
  });

  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.#typing));
  }

  protected search(words: string): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(
      () => this.#navigate({ q: words.trim() === '' ? null : words.trim() }),
      typingMilliseconds,
    );
  }

  protected sortBy(value: string): void {
    this.#navigate({ sort: value === '-recordedAt' ? null : value });
  }

  protected loadMore(): void {
    this.pages.update((pages) => pages + 1);
  }

  #navigate(queryParams: { q?: string | null; sort?: string | null }): void {
    void this.#router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl: true });
  }
}
