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

/** What to do about an event that was not handled; `retry`, with growing pauses, unless told. */
export type FollowVerdict = 'retry' | 'skip' | 'stop';

export interface LogReaction<Event extends AnyEvent = DomainEvent> {
  readonly store: Pick<EventStore, 'subscribe' | 'headPosition'>;
  readonly registry: EventRegistry;
  /** Everything where it is not given. */
  readonly filter?: EventFilter | undefined;
  /** Exclusive. `end` is the end at the moment of the call, also if the subscription takes a while to stand. */
  readonly from: Position | 'start' | 'end';
  readonly signal: AbortSignal;
  handle(event: ReadEvent<Event>): Promise<void> | void;
  /** With the event where it was this event's handling that failed, without where the log could not be followed. */
  onError(error: unknown, event?: RecordedEvent): FollowVerdict | void;
  /** Everything up to here was handled, or skipped, or was none of ours. */
  onProgress?(position: Position): void;
  /** All that was in the log has been handled; called again whenever it has caught up after falling behind. */
  onCaughtUp?(): void;
  readonly backoff?: BackoffOptions | undefined;
}

/**
 * Follows the log, in order and at least once per event, for reactions that keep no read model: actors, live feeds, the
 * outbox. A subscription that breaks is taken up again after the last event handled; an event that is damaged in the log is told
 * once and passed over. Resolves when the signal aborts,
 * or where `onError` says `stop`.
 */
export async function followLog<Event extends AnyEvent = DomainEvent>(reaction: LogReaction<Event>): Promise<void> {
  const { store, filter, signal } = reaction;
  const backoff = new Backoff(reaction.backoff);
  let from: Position | 'start' | 'end' = reaction.from;
  while (!signal.aborted) {
    try {
      // Fixed before the first event: after a break, a new `end` would lie behind what came meanwhile.
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
      // The store is away: nothing to prevent, only to outlast.
      if (signal.aborted) return;
      if (reaction.onError(error) === 'stop') return;
      if (error instanceof EventDamaged) {
        // It will never be readable: who stays before it would never see what comes after.
        from = error.place.position;
        continue;
      }
    }
    await backoff.wait(signal);
  }
}

/** Handles one event until it is done with: handled, given up, or the signal aborted. */
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
