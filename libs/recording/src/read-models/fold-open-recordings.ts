import { type EventRegistry, type ReadEvent, readableEvents } from '@streamvault/kernel';
import type { EventStore, Position, RecordedEvent } from '@streamvault/event-store';
import { describeLifecycle, evolve, type RecordingState } from '../domain/lifecycle.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import { recordingCategory } from '../domain/recording-registry.js';

/**
 * The open recordings, from the log itself: slower than the read model, but available when that is not. A recording
 * that was opened again after its end is always included; the recorder then checks its state.
 */
export async function foldOpenRecordings(
  store: Pick<EventStore, 'readCategory'>,
  registry: EventRegistry,
): Promise<number[]> {
  const opening = eventsThatOpenAgain();
  // Only open recordings are kept in memory, because the log may be long.
  const open = new Map<number, RecordingState>();
  const read = (after: Position | undefined) =>
    store.readCategory(recordingCategory, after === undefined ? {} : { after });
  // A recording with a damaged event cannot be folded, so it cannot be continued.
  const damaged = new Set<number>();
  for await (const recorded of readableEvents(read, ({ place }) => damaged.add(recordingIdOf(place.stream ?? '')))) {
    const recordingId = recordingIdOf(recorded.stream);
    const event = readable(recorded, registry);
    if (!event) open.delete(recordingId);
    else if (event.type === 'RecordingRequested' || open.has(recordingId)) {
      const state = evolve(open.get(recordingId), event);
      if (state?.hasTag('ended')) open.delete(recordingId);
      else open.set(recordingId, state);
    } else if (opening.has(event.type)) open.set(recordingId, undefined);
  }
  return [...open.keys()].filter((id) => !damaged.has(id)).toSorted((a, b) => a - b);
}

const recordingIdOf = (stream: string): number => Number(stream.slice(stream.indexOf('-') + 1));

/** Read from the machine, which alone knows. */
function eventsThatOpenAgain(): ReadonlySet<string> {
  const { states } = describeLifecycle();
  const ended = new Set(states.filter(({ final }) => final).map(({ name }) => name));
  const leaving = states
    .filter(({ final }) => final)
    .flatMap(({ transitions }) => transitions.filter(({ target }) => !ended.has(target)));
  return new Set(leaving.map(({ event }) => event));
}

/** If this program cannot read a recording because a newer one wrote it, it cannot continue it either. */
function readable(recorded: RecordedEvent, registry: EventRegistry): ReadEvent<RecordingEvent> | undefined {
  try {
    return registry.read<RecordingEvent>(recorded);
  } catch {
    return undefined;
  }
}
