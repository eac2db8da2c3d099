import {
  type AppendResult,
  EventDamaged,
  type EventStore,
  MemoryEventStore,
  type RecordedEvent,
} from '@streamvault/event-store';
import { z } from 'zod';
import type { CommandMetadata } from './command-metadata.js';
import type { Decider } from './decider.js';
import { DomainError } from './domain-error.js';
import { defineEvent, type EventOf } from './event-definition.js';
import { EventRegistry } from './event-registry.js';
import { kernelEvents } from './kernel-events.js';

/** A till: the smallest thing with a rule worth guarding. */
export const paidIn = defineEvent({ type: 'PaidIn', version: 1, schema: z.object({ amount: z.number() }) });
export const paidOut = defineEvent({ type: 'PaidOut', version: 1, schema: z.object({ amount: z.number() }) });
export type TillEvent = EventOf<typeof paidIn | typeof paidOut>;
export type TillCommand = { readonly pay: 'in' | 'out'; readonly amount: number };

export class NotEnoughInTill extends DomainError {
  readonly code = 'till.not-enough';
  readonly kind = 'conflict';
}

export class Till implements Decider<{ readonly balance: number }, TillCommand, TillEvent> {
  evolved = 0;

  initialState() {
    return { balance: 0 };
  }

  evolve({ balance }: { readonly balance: number }, event: TillEvent) {
    this.evolved += 1;
    return { balance: event.type === 'PaidIn' ? balance + event.data.amount : balance - event.data.amount };
  }

  decide({ pay, amount }: TillCommand, { balance }: { readonly balance: number }): TillEvent[] {
    if (amount === 0) return [];
    if (pay === 'in') return [{ type: 'PaidIn', data: { amount } }];
    if (amount > balance) throw new NotEnoughInTill('Not enough in the till.', { balance });
    return [{ type: 'PaidOut', data: { amount } }];
  }
}

export const registry = new EventRegistry([paidIn, paidOut, ...kernelEvents]);

let commands = 0;
export const command = (commandId = `command-${++commands}`): CommandMetadata => ({
  commandId,
  correlationId: 'request',
  causationId: 'request',
  actor: 'test',
  now: '2026-11-01T12:00:00.000Z',
});

/** A store in which something happens right before an append: another writer, a lost connection. */
export class InterferedStore extends MemoryEventStore {
  beforeAppend: ((stream: string) => Promise<void>) | undefined;
  afterAppend: ((stream: string) => Promise<void>) | undefined;
  streamReads: string[] = [];

  override async append(...[stream, events, expected]: Parameters<EventStore['append']>): Promise<AppendResult> {
    const before = this.beforeAppend;
    this.beforeAppend = undefined;
    await before?.(stream);
    const result = await super.append(stream, events, expected);
    const after = this.afterAppend;
    this.afterAppend = undefined;
    await after?.(stream);
    return result;
  }

  override readStream(...[stream, options]: Parameters<EventStore['readStream']>) {
    this.streamReads.push(`${stream}@${options?.from ?? 0n}`);
    return super.readStream(stream, options);
  }
}

/** A store that has lost the content of one event. */
export class DamagedStore extends MemoryEventStore {
  constructor(readonly damagedAt: bigint) {
    super();
  }

  override readAll(...[options]: Parameters<EventStore['readAll']>) {
    return this.#upToDamage(super.readAll(options), (event) => event);
  }

  override subscribe(...[options]: Parameters<EventStore['subscribe']>) {
    return this.#upToDamage(super.subscribe(options), (message) =>
      message.kind === 'event' ? message.event : undefined,
    );
  }

  async *#upToDamage<Item>(items: AsyncIterable<Item>, eventIn: (item: Item) => RecordedEvent | undefined) {
    for await (const item of items) {
      const event = eventIn(item);
      if (event?.position === this.damagedAt) throw new EventDamaged(event, 'it holds no JSON');
      yield item;
    }
  }
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function eventsOf(store: EventStore, stream: `${string}-${string}`) {
  return collect(store.readStream(stream));
}
