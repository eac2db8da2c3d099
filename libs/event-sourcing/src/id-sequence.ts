import { type EventStore, type NewEvent, type StreamName } from '@streamvault/event-store';
import type { CommandMetadata } from './command-metadata.js';
import { EventRegistry } from './event-registry.js';
import { kernelEvents } from './kernel-events.js';

/** How far back a repeated command is looked for, so that it is recognised on every store and not only by the append. */
const lookBack = 200;

/** Small public numbers per kind: 1, 2, 3, … unique, never reused, with holes where a command was given up. */
export class IdSequence {
  readonly #store: EventStore;
  readonly #registry = new EventRegistry(kernelEvents);

  constructor(store: EventStore) {
    this.#store = store;
  }

  /**
   * The same command id gets the same number again.
   *
   * @throws EventStoreUnavailable the outcome is unknown: repeat with the same command id
   */
  async next(kind: string, metadata: CommandMetadata): Promise<number> {
    const stream: StreamName = `sequence-${kind}`;
    const allocation = this.#registry.toNewEvent({ type: 'IdAllocated', data: { kind } }, metadata, stream);
    const before = await this.#find(stream, allocation, lookBack);
    if (before !== undefined) return before;
    const { revision, alreadyAppended } = await this.#store.append(stream, [allocation], 'any');
    // A store that recognises the repeat may answer with the stream's head, which others have moved on since.
    const repeated = alreadyAppended ? await this.#find(stream, allocation) : undefined;
    return repeated ?? Number(revision) + 1;
  }

  async #find(stream: StreamName, allocation: NewEvent, limit?: number): Promise<number | undefined> {
    const options = limit === undefined ? {} : { limit };
    for await (const event of this.#store.readStream(stream, { direction: 'backwards', ...options })) {
      if (event.id === allocation.id) return Number(event.revision) + 1;
    }
    return undefined;
  }
}
