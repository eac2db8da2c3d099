import { categoryOf, type EventStore, type Position } from '@streamvault/event-store';
import type { PublicCategory } from './context.js';

/** Which read model shows what was written: declared once, as the context's `publicCategories`. */
export class Consistency {
  constructor(
    private readonly store: Pick<EventStore, 'eventAt'>,
    private readonly categories: Readonly<Record<string, PublicCategory>>,
  ) {}

  /** The projection that an answer waits for, so that a client reads its own write; undefined if none shows it. */
  async projectionFor(position: Position): Promise<string | undefined> {
    const event = await this.store.eventAt(position);
    return (event && this.categories[categoryOf(event.stream) ?? '']?.projection) ?? undefined;
  }
}
