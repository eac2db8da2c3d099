import { randomUUID } from 'node:crypto';
import type {
  EventFilter,
  EventStore,
  NewEvent,
  NonEmptyArray,
  Position,
  RecordedEvent,
  StreamName,
  SubscriptionMessage,
} from '../port.js';

/** One fresh, empty store. */
export interface EventStoreContext {
  readonly store: EventStore;
  /** Moves the adapter's clock. Without it, what depends on age is not tested. */
  readonly advanceClock?: (seconds: number) => void;
  dispose(): Promise<void>;
}

export type MakeContext = () => Promise<EventStoreContext>;

/** Runs a test's body with its own store. */
export function withStore(
  makeContext: MakeContext,
  body: (store: EventStore, context: EventStoreContext) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const context = await makeContext();
    try {
      await body(context.store, context);
    } finally {
      await context.dispose();
    }
  };
}

export function event(overrides: Partial<NewEvent> = {}): NewEvent {
  return {
    id: randomUUID(),
    type: 'SomethingHappened',
    version: 1,
    data: { note: 'what happened' },
    metadata: { $correlationId: randomUUID(), $causationId: randomUUID(), actor: 'test' },
    ...overrides,
  };
}

export function events(count: number, overrides: Partial<NewEvent> = {}): NonEmptyArray<NewEvent> {
  return [event(overrides), ...Array.from({ length: count - 1 }, () => event(overrides))];
}

export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

export async function ids(source: AsyncIterable<RecordedEvent>): Promise<string[]> {
  return (await all(source)).map(({ id }) => id);
}

export async function revisions(source: AsyncIterable<RecordedEvent>): Promise<bigint[]> {
  return (await all(source)).map(({ revision }) => revision);
}

/** Like `list.at(index)`, if a test knows that the item exists. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list.at(index);
  if (item === undefined) throw new Error(`There are ${list.length} items, so none at ${index}.`);
  return item;
}

/** Appends `count` events to one stream, at most `batch` at a time. */
export async function fill(store: EventStore, stream: StreamName, count: number, batch = 500): Promise<void> {
  for (let left = count; left > 0; left -= batch) await store.append(stream, events(Math.min(batch, left)), 'any');
}

/** A subscriber that takes messages only when told to, and remembers them. */
export class Subscriber {
  readonly messages: SubscriptionMessage[] = [];
  readonly #abort = new AbortController();
  readonly #iterator: AsyncIterator<SubscriptionMessage>;

  constructor(store: EventStore, from: Position | 'start' | 'end' = 'start', filter?: EventFilter) {
    const options = { from, signal: this.#abort.signal, ...(filter && { filter }) };
    this.#iterator = store.subscribe(options)[Symbol.asyncIterator]();
  }

  get events(): RecordedEvent[] {
    return this.messages.flatMap((message) => (message.kind === 'event' ? [message.event] : []));
  }

  get kinds(): string[] {
    return this.messages.map(({ kind }) => kind);
  }

  /** Undefined at the end of the subscription. */
  async next(): Promise<SubscriptionMessage | undefined> {
    const result = await this.#iterator.next();
    if (result.done === true) return undefined;
    this.messages.push(result.value);
    return result.value;
  }

  /** Takes messages up to the first that satisfies; returns the number taken. */
  async until(satisfies: (message: SubscriptionMessage) => boolean): Promise<number> {
    for (let taken = 1; ; taken += 1) {
      const message = await this.next();
      if (message === undefined) throw new Error(`The subscription ended after ${this.kinds.join(', ')}.`);
      if (satisfies(message)) return taken;
    }
  }

  caughtUp(): Promise<number> {
    return this.until(({ kind }) => kind === 'caughtUp');
  }

  eventCount(count: number): Promise<number> {
    return this.events.length >= count ? Promise.resolve(0) : this.until(() => this.events.length >= count);
  }

  stop(): void {
    this.#abort.abort();
  }
}
