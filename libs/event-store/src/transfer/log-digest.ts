import { HashChain } from '../hash-chain.js';
import type { RecordedEvent } from '../port.js';
import { asOriginal, instantOf } from './recorded-events.js';

/**
 * The hash chain over events of any store, counted 1, 2, 3… in their order instead of by the store's own positions, and
 * with their original times. So a log and its copies have the same digest, and that of an embedded log is the hash of
 * its head.
 */
export class LogDigest {
  readonly #chain = new HashChain();
  #events = 0;

  get events(): number {
    return this.#events;
  }

  get hash(): string {
    return this.#chain.hash.toString('hex');
  }

  /** Returns the length of the payload, in UTF-16 units. */
  add(recorded: RecordedEvent): number {
    const event = asOriginal(recorded);
    const data = JSON.stringify(event.data);
    const metadata = JSON.stringify(event.metadata);
    this.#events += 1;
    this.#chain.add({
      position: this.#events,
      revision: Number(event.revision),
      version: event.version,
      recordedAt: instantOf(event.recordedAt) ?? 0,
      stream: event.stream,
      id: event.id,
      type: event.type,
      data,
      metadata,
    });
    return data.length + metadata.length;
  }
}
