import { EventDamaged, type Position, type RecordedEvent } from '@streamvault/event-store';

/** Reads the log past events that are damaged: each is told, and the next one follows. */
export async function* readableEvents(
  read: (after: Position | undefined) => AsyncIterable<RecordedEvent>,
  onDamaged: (damage: EventDamaged) => void,
): AsyncGenerator<RecordedEvent, void, undefined> {
  let after: Position | undefined;
  for (;;) {
    try {
      for await (const event of read(after)) {
        after = event.position;
        yield event;
      }
      return;
    } catch (error) {
      if (!(error instanceof EventDamaged)) throw error;
      onDamaged(error);
      after = error.place.position;
    }
  }
}
