import { randomUUID } from 'node:crypto';
import { event } from '../contract/context.testing.js';
import { MemoryEventStore } from '../memory/memory-event-store.js';
import type { EventStore, RecordedEvent, StreamName } from '../port.js';
import { positionOf } from '../position.js';

/** Events of several interleaved streams, some in one append, with texts that are difficult for formats. */
export async function fillVaried(store: EventStore, count: number): Promise<void> {
  const hard = ['plain', 'Zoë 🎥', 'two\nlines\r\n', '\u2028\u2029', '"quoted\\"', '\ud800', '', 'ä'.repeat(20_000)];
  for (let n = 0; n < count;) {
    const stream: StreamName = `recording-${n % 7}`;
    const size = Math.min(1 + (n % 3), count - n);
    const batch = Array.from({ length: size }, (_, index) =>
      event({
        id: randomUUID().toUpperCase(),
        type: n % 2 === 0 ? 'SegmentStored' : 'CaptureInterrupted',
        version: 1 + (n % 2),
        data: {
          n: n + index,
          '10': 'first',
          text: hard[(n + index) % hard.length] ?? '',
          deep: [{ a: null, b: 0.1 }, -0],
        },
      }),
    );
    const [first, ...rest] = batch;
    await store.append(stream, [first!, ...rest], 'any');
    n += size;
  }
}

/**
 * A store that behaves like a server: it sets its own times, its positions have holes, and it takes one stream at a
 * time.
 */
export function serverLike(clock = { now: Date.UTC(2030, 0, 1) }): EventStore & { readonly appends: number[] } {
  const inner = new MemoryEventStore({ now: () => (clock.now += 1_000) });
  const appends: number[] = [];
  const far = (e: RecordedEvent): RecordedEvent => ({ ...e, position: positionOf(e.position * 1_000n) });
  async function* moved(events: AsyncIterable<RecordedEvent>): AsyncGenerator<RecordedEvent> {
    for await (const each of events) yield far(each);
  }
  return {
    appends,
    append: (stream, events, expected) => {
      appends.push(events.length);
      return inner.append(stream, events, expected);
    },
    readStream: (stream, options) => moved(inner.readStream(stream, options)),
    headRevision: (stream) => inner.headRevision(stream),
    readAll: ({ after, ...options } = {}) =>
      moved(inner.readAll({ ...options, ...(after !== undefined && { after: positionOf(after / 1_000n) }) })),
    fingerprint: async (of) =>
      inner.fingerprint(
        typeof of === 'bigint' ? positionOf(of / 1_000n) : { ...of, position: positionOf(of.position / 1_000n) },
      ),
    headPosition: async () => {
      const head = await inner.headPosition();
      return head && positionOf(head * 1_000n);
    },
    readCategory: (category) => moved(inner.readCategory(category)),
    find: () => {
      throw new Error('Nobody searches here.');
    },
    eventAt: async (position) => {
      const found = await inner.eventAt(positionOf(position / 1_000n));
      return found && far(found);
    },
    subscribe: () => {
      throw new Error('Nobody subscribes here.');
    },
    setStreamMetadata: (stream, metadata) => inner.setStreamMetadata(stream, metadata),
    health: () => inner.health(),
    close: () => inner.close(),
  };
}

/** What a copy must keep. Positions are the store's own. */
export function contentOf(event: RecordedEvent): Omit<RecordedEvent, 'position'> {
  const { position: _, ...content } = event;
  return content;
}
