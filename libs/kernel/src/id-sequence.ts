import type { EventStore, NewEvent, Revision, StreamName } from '@streamvault/event-store';
import type { CommandMetadata } from './command-metadata.js';
import { deterministicId } from './deterministic-id.js';
import { EventRegistry } from './event-registry.js';
import { kernelEvents } from './kernel-events.js';

/** How far back a repeated command is searched, so that it is recognized on every store and not only by the append. */
const lookBack = 200;

/** The newest allocations of a kind, oldest first, as far as they were read. */
interface Tail {
  readonly numbers: Map<string, number>;
  head: Revision;
}

/** Whether this number must not be given, although the log has never given it. */
export type IsTaken = (kind: string, number: number) => Promise<boolean>;

/** Small public numbers per kind: 1, 2, 3, … unique, never reused, with holes where a command was abandoned. */
export class IdSequence {
  readonly #store: EventStore;
  readonly #registry = new EventRegistry(kernelEvents);
  readonly #tails = new Map<StreamName, Tail>();

  readonly #isTaken: IsTaken;

  /** @param isTaken recognizes numbers that something outside the log still belongs to, which are skipped */
  constructor(store: EventStore, isTaken: IsTaken = () => Promise.resolve(false)) {
    this.#store = store;
    this.#isTaken = isTaken;
  }

  /**
   * The same command id gets the same number again.
   * @throws EventStoreUnavailable if the outcome is unknown: repeat with the same command id
   */
  async next(kind: string, metadata: CommandMetadata): Promise<number> {
    let number = await this.#allocate(kind, metadata);
    // The id of each try follows from the command's, so that a repeat skips the same numbers.
    for (let passed = 1; await this.#isTaken(kind, number); passed++) {
      const commandId = deterministicId(metadata.commandId, kind, 'passed over', passed);
      number = await this.#allocate(kind, { ...metadata, commandId });
    }
    return number;
  }

  async #allocate(kind: string, metadata: CommandMetadata): Promise<number> {
    const stream: StreamName = `sequence-${kind}`;
    const allocation = this.#registry.toNewEvent({ type: 'IdAllocated', data: { kind } }, metadata, stream);
    const before = (await this.#tail(stream))?.numbers.get(allocation.id);
    if (before !== undefined) return before;
    const { revision, alreadyAppended } = await this.#store.append(stream, [allocation], 'any');
    // A store that recognizes the repeat may answer with the stream's head, which others have moved since.
    const repeated = alreadyAppended ? await this.#find(stream, allocation) : undefined;
    return repeated ?? Number(revision) + 1;
  }

  /**
   * Read once; after that only what was added is read. Otherwise many simultaneous commands would read each other's
   * allocations again and again.
   */
  async #tail(stream: StreamName): Promise<Tail | undefined> {
    const tail = this.#tails.get(stream);
    if (tail === undefined) return this.#firstTail(stream);
    for await (const { id, revision } of this.#store.readStream(stream, { from: tail.head + 1n })) {
      // Others read the same at the same time.
      if (revision <= tail.head) continue;
      tail.head = revision;
      tail.numbers.set(id, Number(revision) + 1);
      const [oldest] = tail.numbers.keys();
      if (tail.numbers.size > lookBack && oldest !== undefined) tail.numbers.delete(oldest);
    }
    return tail;
  }

  async #firstTail(stream: StreamName): Promise<Tail | undefined> {
    const newest: { readonly id: string; readonly revision: Revision }[] = [];
    for await (const { id, revision } of this.#store.readStream(stream, { direction: 'backwards', limit: lookBack }))
      newest.push({ id, revision });
    const [head] = newest;
    const known = this.#tails.get(stream);
    if (head === undefined || (known !== undefined && known.head >= head.revision)) return known;
    const numbers = new Map(newest.toReversed().map(({ id, revision }) => [id, Number(revision) + 1]));
    const tail = { numbers, head: head.revision };
    this.#tails.set(stream, tail);
    return tail;
  }

  /** Searches all of them. */
  async #find(stream: StreamName, allocation: NewEvent): Promise<number | undefined> {
    for await (const event of this.#store.readStream(stream, { direction: 'backwards' })) {
      if (event.id === allocation.id) return Number(event.revision) + 1;
    }
    return undefined;
  }
}
