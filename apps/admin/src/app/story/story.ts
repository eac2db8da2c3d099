import { Component, computed, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { LoggedEvent } from '@streamvault/api-contract';
import { momentOf } from '../lifecycle/journey';
import { formatTime } from '../ui/formats';
import { Icon } from '../ui/icon';
import { actorOf, tell } from './sentences';

const shownAtFirst = 200;

/** What happened, in order, in plain words; each line opens to show the event itself. */
@Component({
  selector: 'sv-story',
  imports: [Icon, MatButton, RouterLink],
  template: `
    @if (hidden() > 0) {
      <button matButton type="button" (click)="showsAll.set(true)">Show the {{ hidden() }} events before</button>
    }
    <ol role="list" aria-label="What happened" data-testid="story">
      @for (line of lines(); track line.key) {
        <li [attr.data-type]="line.type" [attr.data-tone]="line.tone">
          <time class="sv-numbers sv-quiet" [attr.datetime]="line.at" [title]="line.at">{{ line.time }}</time>
          <span class="dot" aria-hidden="true"></span>
          <details>
            <summary>
              <span class="text">{{ line.text }}</span>
              @if (line.actor; as actor) {
                <span class="actor sv-quiet">{{ actor }}</span>
              }
            </summary>
            <p class="sv-quiet">
              {{ line.type }} (version {{ line.version }}), revision {{ line.revision }}, position {{ line.position }}
            </p>
            <pre tabindex="0" [attr.aria-label]="'Data of ' + line.type">{{ line.raw }}</pre>
          </details>
          <a
            class="why"
            title="Why this happened"
            [attr.aria-label]="'Why: ' + line.text"
            [routerLink]="['/audit/events', line.position]"
            ><sv-icon name="why"
          /></a>
        </li>
      }
    </ol>
  `,
  styles: `
    :host {
      display: block;
    }
    li {
      display: grid;
      grid-template-columns: 4.6rem 0.75rem minmax(0, 1fr) auto;
      gap: 0.75rem;
      align-items: baseline;
      position: relative;
    }
    li:not(:last-child)::before {
      content: '';
      position: absolute;
      inset: 1.3rem auto -0.8rem calc(4.6rem + 0.75rem + 0.375rem - 0.5px);
      width: 1px;
      background: var(--sv-line);
    }
    time {
      font-size: 0.8125rem;
    }
    .dot {
      --tone: var(--mat-sys-outline);
      z-index: 1;
      width: 0.75rem;
      height: 0.75rem;
      border: 3px solid var(--sv-card);
      border-radius: 50%;
      background: var(--tone);
      translate: 0 1px;
    }
    [data-tone='ok'] > .dot {
      --tone: var(--sv-ok);
    }
    [data-tone='info'] > .dot {
      --tone: var(--sv-info);
    }
    [data-tone='warn'] > .dot {
      --tone: var(--sv-warn);
    }
    [data-tone='bad'] > .dot {
      --tone: var(--mat-sys-error);
    }
    details {
      padding-block: 0.32rem;
    }
    summary {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 0 0.9rem;
      align-items: baseline;
      cursor: pointer;
      list-style: none;
      border-radius: 6px;
    }
    summary::-webkit-details-marker {
      display: none;
    }
    summary:hover .text {
      text-decoration: underline;
      text-decoration-color: var(--mat-sys-outline);
      text-underline-offset: 0.2em;
    }
    .why {
      display: grid;
      place-items: center;
      width: 1.9rem;
      height: 1.9rem;
      border-radius: 50%;
      translate: 0 0.2rem;
      color: var(--mat-sys-on-surface-variant);
    }
    .why:hover {
      background: var(--mat-sys-surface-container-high);
      color: var(--mat-sys-primary);
    }
    .text {
      overflow-wrap: anywhere;
    }
    [data-tone='quiet'] .text {
      color: var(--mat-sys-on-surface-variant);
    }
    .actor,
    details p {
      font-size: 0.8125rem;
    }
    details p {
      margin-top: 0.4rem;
    }
    pre {
      max-height: 20rem;
      margin: 0.4rem 0 0.8rem;
      padding: 0.8rem 1rem;
      overflow: auto;
      border-radius: var(--sv-radius-small);
      background: var(--mat-sys-surface-container-high);
      line-height: 1.5;
    }
    @media (width < 560px) {
      li {
        grid-template-columns: 0.75rem minmax(0, 1fr) auto;
      }
      .why {
        grid-row: 2;
        grid-column: 3;
        margin-top: -0.75rem;
      }
      li:not(:last-child)::before {
        inset-inline-start: 0.325rem;
      }
      time {
        grid-column: 2;
        margin-top: 0.5rem;
      }
      .dot {
        grid-row: 1;
      }
      details {
        grid-column: 2;
        margin-top: -0.75rem;
        padding-top: 0;
      }
      summary {
        grid-template-columns: minmax(0, 1fr);
      }
    }
  `,
})
export class Story {
  readonly events = input.required<readonly LoggedEvent[]>();
  protected readonly showsAll = signal(false);
  protected readonly hidden = computed(() => (this.showsAll() ? 0 : Math.max(0, this.events().length - shownAtFirst)));
  protected readonly lines = computed(() =>
    this.events()
      .slice(this.hidden())
      .map((event) => {
        const at = momentOf(event);
        const { type, version, revision, position, data, metadata } = event;
        const raw = JSON.stringify({ data, metadata }, undefined, 2);
        return {
          key: `${event.stream}-${revision}`,
          at,
          time: formatTime(at),
          raw,
          actor: actorOf(event),
          type,
          version,
          revision,
          position,
          ...tell(event),
        };
      }),
  );
}
