import { Component, computed, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import { formatCount } from '../../ui/formats';

export interface Finding {
  readonly title: string;
  readonly items: readonly {
    readonly file: string;
    /** Where the file is one of a video of the library. */
    readonly videoId?: number;
    readonly note?: string;
  }[];
}

/** A library that lost its disk has a hundred thousand of them. */
const shownAtFirst = 50;

/** Files under one heading, as many of them as somebody reads. */
@Component({
  selector: 'sv-file-findings',
  imports: [MatButton, RouterLink],
  template: `
    <details [open]="isOpen() || finding().items.length <= shownAtFirst">
      <summary>{{ finding().title }} ({{ count(finding().items.length) }})</summary>
      <ul role="list">
        @for (item of shown(); track item.file) {
          <li>
            @if (item.videoId === undefined) {
              <span class="file" dir="auto">{{ item.file }}</span>
            } @else {
              <a class="file" dir="auto" [routerLink]="['/videos', item.videoId]">{{ item.file }}</a>
            }
            @if (item.note) {
              <span class="sv-quiet">{{ item.note }}</span>
            }
          </li>
        }
      </ul>
      @if (shown().length < finding().items.length) {
        <button matButton type="button" (click)="shows.set(shows() * 10)">
          Show more ({{ count(finding().items.length - shown().length) }})
        </button>
      }
    </details>
  `,
  styles: `
    summary {
      min-height: 2rem;
      width: fit-content;
      font-weight: 600;
      cursor: pointer;
    }
    ul {
      max-height: 30rem;
      overflow-y: auto;
    }
    li {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      padding: 0.4rem 0;
      border-top: 1px solid var(--sv-line);
      font-size: 0.8125rem;
      overflow-wrap: anywhere;
    }
    .file {
      font-family: var(--sv-mono);
    }
  `,
})
export class FileFindings {
  readonly finding = input.required<Finding>();
  readonly isOpen = input(false);
  protected readonly count = formatCount;
  protected readonly shownAtFirst = shownAtFirst;
  protected readonly shows = signal(shownAtFirst);
  protected readonly shown = computed(() => this.finding().items.slice(0, this.shows()));
}
