import { Component, computed, input, output } from '@angular/core';
import type { Video } from '@streamvault/api-contract';
import { formatDuration, spokenDuration } from '../ui/formats';

/** Titles and categories over the time of the video. A click seeks there. */
@Component({
  selector: 'sv-chapter-list',
  template: `
    @if (rows().length > 0) {
      <ol role="list" data-testid="chapters">
        @for (chapter of rows(); track chapter.at) {
          <li>
            <button
              type="button"
              [attr.aria-current]="chapter.isNow ? 'true' : null"
              (click)="playFrom.emit(chapter.at)"
            >
              <span class="sv-numbers sv-quiet" aria-hidden="true">{{ chapter.time }}</span>
              <span dir="auto">{{ chapter.title }}</span>
              @if (chapter.category) {
                <span class="sv-quiet">{{ chapter.category }}</span>
              }
              <span class="sv-sr-only">at {{ chapter.spoken }}</span>
            </button>
          </li>
        }
      </ol>
    } @else {
      <p class="sv-quiet">None. They come from changes of title and category.</p>
    }
  `,
  styles: `
    button {
      display: flex;
      flex-wrap: wrap;
      gap: 0.2rem 1rem;
      align-items: center;
      width: 100%;
      min-height: 44px;
      padding: 0.4rem 0.6rem;
      border: 0;
      border-radius: var(--sv-radius-small);
      background: none;
      color: inherit;
      font: inherit;
      text-align: start;
      overflow-wrap: anywhere;
      cursor: pointer;
    }
    button:hover,
    button[aria-current] {
      background: var(--mat-sys-surface-container-high);
    }
    button[aria-current] {
      font-weight: 600;
    }
    button > :first-child {
      min-width: 4rem;
    }
  `,
})
export class ChapterList {
  readonly chapters = input.required<Video['chapters']>();
  /** Media second on the screen. */
  readonly now = input<number>();
  readonly playFrom = output<number>();

  protected readonly rows = computed(() => {
    const now = this.now();
    const chapters = this.chapters();
    const current = now === undefined ? undefined : chapters.findLast(({ at }) => at <= now);
    return chapters.map((chapter) => ({
      ...chapter,
      isNow: chapter === current,
      time: formatDuration(chapter.at),
      spoken: spokenDuration(chapter.at),
    }));
  });
}
