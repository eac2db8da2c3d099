import type {
  AuditEvent,
  AuditEvents as AuditEventsPage,
  AuditEventsQuery,
  LoggedEvent,
} from '@streamvault/api-contract';
import { DomainError, type EventRegistry, isUnreadable, toLoggedEvent } from '@streamvault/kernel';
import {
  categoryOf,
  type EventQuery,
  type EventStore,
  parsePosition,
  type Position,
  type RecordedEvent,
} from '@streamvault/event-store';
import { InvalidInput } from '@streamvault/http-kit';
import { causesOf, effectsOf } from './audit-events-causes.js';

/**
 * How long a page may go on searching if almost nothing matches. Then it is short, and its cursor says where it
 * stopped.
 */
const patienceMilliseconds = 15;

export class EventNotFound extends DomainError {
  readonly code = 'event.not-found';
  readonly kind = 'not-found';
  constructor() {
    super('There is no event at that position. Positions have holes: take one from the list of events.');
  }
}

/** Queries about the log. */
export class AuditEvents {
  constructor(
    private readonly store: EventStore,
    private readonly registry: EventRegistry,
  ) {}

  /** @throws InvalidInput */
  async list(query: AuditEventsQuery): Promise<AuditEventsPage> {
    const wanted = toEventQuery(query);
    const began = performance.now();
    const { events, next } = await this.#find(wanted);
    const found = [...events];
    let cursor = next;
    while (cursor !== undefined && found.length < wanted.limit && performance.now() - began < patienceMilliseconds) {
      const more = await this.#find({ ...goOn(wanted, cursor), limit: wanted.limit - found.length });
      found.push(...more.events);
      cursor = more.next;
    }
    return {
      items: found.map((event) => this.#shown(event)),
      nextCursor: cursor === undefined ? null : String(cursor),
    };
  }

  /** @throws EventNotFound */
  async one(position: string): Promise<AuditEvent> {
    const at = parsePosition(position);
    const event = at === undefined ? undefined : await this.store.eventAt(at);
    if (event === undefined) throw new EventNotFound();
    const causes = await causesOf(this.store, event);
    const effects = await effectsOf(this.store, event);
    const { metadata, recordedAt } = causes[0] ?? event;
    return {
      event: this.#shown(event),
      origin: { correlationId: metadata.$correlationId, actor: metadata.actor, at: recordedAt },
      causes: causes.map((each) => this.#shown(each)),
      effects: effects.map((each) => this.#shown(each)),
    };
  }

  async #find(query: EventQuery) {
    try {
      return await this.store.find(query);
    } catch (error) {
      // A number that is not a position of this log; some stores cannot begin between two.
      if (!(error instanceof RangeError)) throw error;
      const path = query.direction === 'backwards' ? 'before' : 'after';
      throw new InvalidInput([{ path, message: 'Must be the position of an event, or the cursor of a page.' }]);
    }
  }

  /** In its newest version; an event that this program cannot read is shown as it is stored. */
  #shown(event: RecordedEvent): LoggedEvent {
    try {
      return toLoggedEvent(this.registry.read(event));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return toLoggedEvent(event);
    }
  }
}

const goOn = (query: EventQuery, cursor: Position): EventQuery =>
  query.direction === 'backwards' ? { ...query, before: cursor } : { ...query, after: cursor };

function toEventQuery(query: AuditEventsQuery): EventQuery {
  const { stream, category, type, correlationId, from, to, after, before, order, limit } = query;
  if (stream !== undefined && categoryOf(stream) === undefined)
    throw new InvalidInput([{ path: 'stream', message: 'Must be the whole name of a stream, such as recording-7.' }]);
  if (from !== undefined && to !== undefined && Date.parse(from) > Date.parse(to))
    throw new InvalidInput([{ path: 'to', message: 'Must not be before from.' }]);
  return {
    limit,
    direction: order === 'newest' ? 'backwards' : 'forwards',
    ...(stream !== undefined && { stream }),
    ...(category !== undefined && { categories: category }),
    ...(type !== undefined && { types: type }),
    ...(correlationId !== undefined && { correlationId }),
    ...(from !== undefined && { recordedFrom: from }),
    ...(to !== undefined && { recordedTo: to }),
    ...(after !== undefined && { after: toPosition('after', after) }),
    ...(before !== undefined && { before: toPosition('before', before) }),
  };
}

function toPosition(path: string, text: string): Position {
  const position = parsePosition(text);
  if (position !== undefined) return position;
  throw new InvalidInput([{ path, message: 'Must be the position of an event: at most 19 digits.' }]);
}
