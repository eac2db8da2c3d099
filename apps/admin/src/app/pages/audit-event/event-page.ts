import { Component, computed, effect, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { AuditEvent } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { type LiveQuery, liveQuery } from '../../feed/live-query';
import { PageTitle } from '../../shell/page-title';
import { EventLine } from '../../story/event-line';
import { actorOf, tell } from '../../story/sentences';
import { formatInstant } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { JsonTree } from '../../ui/json-tree';
import { Skeleton } from '../../ui/skeleton';
import { streamPlace } from '../../ui/stream-place';
import { TroublePanel } from '../../ui/trouble-panel';
import { tellOrigin } from './origins';

/** The contract's bound on `effects`. */
const mostEffects = 50;

/** One event: its content, what led to it, from the first cause on, and what it led to. */
@Component({
  selector: 'sv-event-page',
  imports: [EventLine, Icon, JsonTree, RouterLink, Skeleton, TroublePanel],
  templateUrl: './event-page.html',
  styleUrl: './event-page.scss',
})
export default class EventPage {
  readonly position = input.required<string>();
  readonly #api = inject(ConsoleApi);
  readonly #title = inject(PageTitle);

  protected readonly query: LiveQuery<AuditEvent> = liveQuery({
    params: () => this.position(),
    load: (position) => this.#api.event(position),
    // An effect of the event that happens while the page is open.
    concerns: ({ metadata }) => {
      const id = this.query.value()?.event.id;
      return id !== undefined && metadata['$causationId'] === id;
    },
  });
  protected readonly event = computed(() => this.query.value()?.event);
  protected readonly told = computed(() => {
    const event = this.event();
    return event && tell(event);
  });
  protected readonly facts = computed(() => {
    const event = this.event();
    if (!event) return [];
    return [
      { name: 'Recorded', value: formatInstant(event.recordedAt) },
      { name: 'By', value: actorOf(event) ?? 'Not known' },
      { name: 'Type', value: `${event.type}, version ${event.version}` },
      { name: 'Revision', value: event.revision },
      { name: 'Position', value: event.position },
    ];
  });
  protected readonly place = computed(() => streamPlace(this.event()?.stream ?? ''));
  protected readonly origin = computed(() => {
    const origin = this.query.value()?.origin;
    return origin && { ...origin, text: tellOrigin(origin), when: formatInstant(origin.at) };
  });
  protected readonly mayHaveMore = computed(() => (this.query.value()?.effects.length ?? 0) >= mostEffects);
  protected readonly asText = computed(() => {
    const event = this.event();
    return event === undefined ? '' : JSON.stringify(event, undefined, 2);
  });

  constructor() {
    effect(() => {
      const told = this.told();
      if (told) this.#title.set(`${told.text} · Event ${this.position()}`);
    });
  }
}
