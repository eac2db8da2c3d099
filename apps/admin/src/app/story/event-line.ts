import { Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { LoggedEvent } from '@streamvault/api-contract';
import { formatTime } from '../ui/formats';
import { streamPlace } from '../ui/stream-place';
import { actorOf, tell } from './sentences';

/** An event as one line: when, what happened, in which stream, by whom. Its text links to the whole event. */
@Component({
  selector: 'sv-event-line',
  imports: [RouterLink],
  template: `
    <time class="sv-numbers sv-quiet" [attr.datetime]="event().recordedAt" [title]="event().recordedAt">{{
      time()
    }}</time>
    <span class="dot" aria-hidden="true"></span>
    <div class="what">
      @if (isHere()) {
        <span class="text" aria-current="true">{{ told().text }}</span>
      } @else {
        <a class="text" [routerLink]="['/audit/events', event().position]">{{ told().text }}</a>
      }
      <span class="type sv-quiet">{{ event().type }}</span>
    </div>
    <a class="stream" [routerLink]="place().link">{{ place().label }}</a>
    <span class="actor sv-quiet">{{ actor() }}</span>
  `,
  host: { '[attr.data-tone]': 'told().tone', '[attr.data-type]': 'event().type' },
  styles: `
    :host {
      --tone: var(--mat-sys-outline);
      display: grid;
      grid-template-columns: 4.6rem 0.75rem minmax(0, 1fr) minmax(6rem, auto) 7.5rem;
      gap: 0 0.9rem;
      align-items: baseline;
    }
    :host([data-tone='ok']) {
      --tone: var(--sv-ok);
    }
    :host([data-tone='info']) {
      --tone: var(--sv-info);
    }
    :host([data-tone='warn']) {
      --tone: var(--sv-warn);
    }
    :host([data-tone='bad']) {
      --tone: var(--mat-sys-error);
    }
    time,
    .type,
    .stream,
    .actor {
      font-size: 0.8125rem;
    }
    .dot {
      width: 0.6rem;
      height: 0.6rem;
      border-radius: 50%;
      background: var(--tone);
    }
    .what {
      display: flex;
      flex-wrap: wrap;
      gap: 0 0.7rem;
      align-items: baseline;
      min-width: 0;
    }
    .text {
      color: var(--mat-sys-on-surface);
      overflow-wrap: anywhere;
    }
    .text[aria-current] {
      font-weight: 650;
    }
    a.text {
      text-decoration: none;
    }
    a:hover {
      text-decoration: underline;
    }
    .type {
      overflow-wrap: anywhere;
    }
    .stream {
      justify-self: end;
      max-width: 12rem;
      overflow: hidden;
      text-decoration: none;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .actor {
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    :host-context(.narrow) {
      grid-template-columns: 4.6rem 0.75rem minmax(0, 1fr) auto;
    }
    :host-context(.narrow) .actor {
      display: none;
    }
    @media (width < 760px) {
      :host,
      :host-context(.narrow) {
        grid-template-columns: 0.6rem auto minmax(0, 1fr) auto;
        gap: 0.1rem 0.6rem;
      }
      time {
        grid-area: 1 / 2;
      }
      .dot {
        grid-area: 1 / 1;
      }
      .stream {
        grid-area: 1 / 3;
        justify-self: start;
        max-width: 100%;
      }
      .actor {
        grid-area: 1 / 4;
        justify-self: end;
        max-width: 7rem;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .what {
        grid-area: 2 / 2 / 3 / 5;
      }
    }
  `,
})
export class EventLine {
  readonly event = input.required<LoggedEvent>();
  /** It is the event that the page is about. */
  readonly isHere = input(false);
  protected readonly told = computed(() => tell(this.event()));
  protected readonly time = computed(() => formatTime(this.event().recordedAt));
  protected readonly place = computed(() => streamPlace(this.event().stream));
  protected readonly actor = computed(() => actorOf(this.event()) ?? '');
}
