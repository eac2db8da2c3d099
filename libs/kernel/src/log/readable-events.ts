import { EventDamaged, type Position, type RecordedEvent } from '@streamvault/event-store';

/** Reads the log and skips damaged events: each is reported, and reading continues. */
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
