import type { StreamDiff, StreamState } from '@streamvault/api-contract';
import { DomainError, type EventRegistry, isUnreadable, type ReadEvent, type StreamFold } from '@streamvault/kernel';
import { categoryOf, type EventStore, type RecordedEvent, type StreamName } from '@streamvault/event-store';
import { diffStates } from './state-diff.js';

export class StreamNotFound extends DomainError {
  readonly code = 'stream.not-found';
  readonly kind = 'not-found';
  constructor() {
    super('There is no such stream, or it had no event yet at that point.');
  }
}

/** It can be listed (`GET /api/audit/events?stream=`), but not folded. */
export class StreamUnreadable extends DomainError {
  readonly code = 'stream.unreadable';
  readonly kind = 'conflict';
  constructor(cause: Error) {
    super(`${cause.message} Until then its events can be listed, but not folded to a state.`, {}, { cause });
  }
}

/** Any stream as it was at any point. */
export class StreamHistory {
  constructor(
    private readonly store: EventStore,
    private readonly registry: EventRegistry,
    /** By category, with the code that also runs live. Bookkeeping streams have events, but no state. */
    private readonly folds: Readonly<Record<string, StreamFold>>,
  ) {}

  /** @throws StreamNotFound, StreamUnreadable */
  async stateAt(stream: string, at: string | undefined): Promise<StreamState> {
    const all = await this.#events(stream);
    const events = upTo(all, at);
    const last = events.at(-1);
    const head = all.at(-1);
    if (!last || !head) throw new StreamNotFound();
    return {
      stream,
      revision: last.revision.toString(),
      position: last.position.toString(),
      recordedAt: last.recordedAt,
      headRevision: head.revision.toString(),
      state: asJson(this.folds[categoryOf(last.stream) ?? '']?.(events)),
    };
  }

  /** @throws StreamNotFound, StreamUnreadable */
  async diff(stream: string, from: string, to: string | undefined): Promise<StreamDiff> {
    const [before, after] = [await this.stateAt(stream, from), await this.stateAt(stream, to)];
    return { stream, from: before.revision, to: after.revision, changes: diffStates(before.state, after.state) };
  }

  async #events(stream: string): Promise<ReadEvent[]> {
    const events: ReadEvent[] = [];
    for await (const recorded of this.store.readStream(stream as StreamName)) events.push(this.#read(recorded));
    return events;
  }

  #read(recorded: RecordedEvent): ReadEvent {
    try {
      return this.registry.read(recorded);
    } catch (error) {
      throw isUnreadable(error) ? new StreamUnreadable(error) : error;
    }
  }
}

function upTo(events: readonly ReadEvent[], at: string | undefined): readonly ReadEvent[] {
  if (at === undefined) return events;
  if (/^\d+$/.test(at)) {
    const revision = BigInt(at);
    return events.filter((event) => event.revision <= revision);
  }
  const instant = Date.parse(at);
  // Not a plain filter: if a clock was set back in between, the story must stay in one piece.
  const first = events.findIndex(({ recordedAt }) => Date.parse(recordedAt) > instant);
  return first === -1 ? events : events.slice(0, first);
}

const asJson = (state: object | undefined): Record<string, unknown> | null =>
  state === undefined ? null : (JSON.parse(JSON.stringify(state)) as Record<string, unknown>);
