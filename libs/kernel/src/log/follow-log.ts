import { Backoff, type BackoffOptions } from '@streamvault/failures';
import {
  EventDamaged,
  type EventFilter,
  type EventStore,
  type Position,
  type RecordedEvent,
} from '@streamvault/event-store';
import type { AnyEvent, DomainEvent } from '../domain-event.js';
import type { EventRegistry, ReadEvent } from '../event-registry.js';

/** What to do with an event that could not be handled. Default: `retry`, with growing pauses. */
export type FollowVerdict = 'retry' | 'skip' | 'stop';

export interface LogReaction<Event extends AnyEvent = DomainEvent> {
  readonly store: Pick<EventStore, 'subscribe' | 'headPosition'>;
  readonly registry: EventRegistry;
  /** Default: everything. */
  readonly filter?: EventFilter | undefined;
  /** Exclusive. `end` is the end at the moment of the call, even if the subscription takes a while to start. */
  readonly from: Position | 'start' | 'end';
  readonly signal: AbortSignal;
  handle(event: ReadEvent<Event>): Promise<void> | void;
  /** With the event if its handling failed; without if the log could not be followed. */
  onError(error: unknown, event?: RecordedEvent): FollowVerdict | void;
  /** Everything up to here was handled, skipped, or filtered out. */
  onProgress?(position: Position): void;
  /** Everything in the log has been handled; called again whenever it has caught up after falling behind. */
  onCaughtUp?(): void;
  readonly backoff?: BackoffOptions | undefined;
}

/**
 * Follows the log, in order and at least once per event, for consumers without a read model: actors, live feeds, the
 * outbox. A broken subscription resumes after the last handled event. An event that is damaged in the log is reported
 * once and skipped. Resolves when the signal aborts, or if `onError` says `stop`.
 */
export async function followLog<Event extends AnyEvent = DomainEvent>(reaction: LogReaction<Event>): Promise<void> {
  const { store, filter, signal } = reaction;
  const backoff = new Backoff(reaction.backoff);
  let from: Position | 'start' | 'end' = reaction.from;
  while (!signal.aborted) {
    try {
      // Fixed before the first event: after a break, a new `end` would skip what came meanwhile.
      if (from === 'end') from = (await store.headPosition()) ?? 'start';
      for await (const message of store.subscribe({ from, signal, ...(filter && { filter }) })) {
        if (message.kind === 'event') {
          if ((await deliver(reaction, message.event)) === 'stop') return;
          from = message.event.position;
        } else if (message.kind === 'checkpoint') {
          from = message.position;
        } else if (message.kind === 'caughtUp') {
          reaction.onCaughtUp?.();
          continue;
        } else {
          continue;
        }
        backoff.reset();
        reaction.onProgress?.(from);
      }
    } catch (error) {
      // The store is unavailable, which can only be waited out.
      if (signal.aborted) return;
      if (reaction.onError(error) === 'stop') return;
      if (error instanceof EventDamaged) {
        // It will never be readable, and stopping here would hide everything after it.
        from = error.place.position;
        continue;
      }
    }
    await backoff.wait(signal);
  }
}

/** Handles one event until it is handled, given up, or the signal aborts. */
async function deliver<Event extends AnyEvent>(
  reaction: LogReaction<Event>,
  recorded: RecordedEvent,
): Promise<'done' | 'stop'> {
  const { registry, signal } = reaction;
  const backoff = new Backoff(reaction.backoff);
  for (;;) {
    try {
      await reaction.handle(registry.read<Event>(recorded));
      return 'done';
    } catch (error) {
      if (signal.aborted) return 'stop';
      const verdict = reaction.onError(error, recorded) ?? 'retry';
      if (verdict === 'stop') return 'stop';
      if (verdict === 'skip') return 'done';
    }
    await backoff.wait(signal);
    if (signal.aborted) return 'stop';
  }
}
