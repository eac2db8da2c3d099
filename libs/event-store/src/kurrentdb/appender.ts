import { Backoff, withDeadline } from '@streamvault/failures';
import { EventIdConflict, EventStoreUnavailable, InvalidEvent, WrongExpectedRevision } from '../errors.js';
import type { PreparedEvent } from '../new-events.js';
import type { AppendResult, ExpectedRevision, StreamName } from '../port.js';
import { positionOf } from '../position.js';
import { BoundedMap } from '../sqlite/bounded-map.js';
import type { Connection } from './connection.js';
import { describeHosts } from './connection-settings.js';
import { asStoreError, gist, isOfType, isUnavailable, StreamTombstoned } from './failures.js';
import { actualState, type Reader } from './reader.js';
import { toWire } from './wire-event.js';

const ATTEMPTS = 4;
/** How many events of a stream may have come after an append whose answer was lost. */
const LOOKED_BACK = 200;
/** How many ids of this store's own appends are remembered, over all streams. */
const REMEMBERED = 20_000;
/** Added to the client's own deadline, because it leaves some calls waiting without one. */
const GRACE_MS = 2_000;

/** In the client's form; it writes `$maxAge`, `$maxCount` and `$tb`. */
export interface ServerMetadata {
  readonly maxAge?: number;
  readonly maxCount?: number;
  readonly truncateBefore?: number;
  readonly [custom: string]: never | number | undefined;
}

interface Append {
  readonly stream: StreamName;
  readonly events: readonly PreparedEvent[];
  readonly expected: ExpectedRevision;
}

/**
 * Appends to one stream go to the server one after another, in the order of the calls; appends to different streams run
 * at the same time. If an answer is lost, the same events are sent again with the same ids.
 *
 * Two things that the server does not report are determined here, exactly for this store's own recent appends, and as
 * far as possible for those of others: whether an append was a repeat, and whether an id is in the stream already at
 * another place.
 */
export class Appender {
  readonly #connection: Connection;
  readonly #reader: Reader;
  readonly #namespace: string;
  readonly #closing: AbortSignal;
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #revisions = new BoundedMap<string, bigint>(REMEMBERED);
  /** The highest position known to be taken. An answer with this position or a lower one was written before. */
  #watermark: bigint | undefined;

  constructor(connection: Connection, reader: Reader, namespace: string, closing: AbortSignal) {
    this.#connection = connection;
    this.#reader = reader;
    this.#namespace = namespace;
    this.#closing = closing;
  }

  /** @throws WrongExpectedRevision, EventIdConflict, EventStoreUnavailable, StreamTombstoned, EventStoreAccessDenied */
  append(append: Append): Promise<AppendResult> {
    const wire = append.events.map((event) => toWire(event, Date.now()));
    return this.#inOrder(append.stream, async () => {
      const { stream, events, expected } = append;
      const revisions = events.map(({ id }) => this.#revisions.get(key(stream, id)));
      await this.#refuseMisplaced(append, revisions);
      const before = (this.#watermark ??= (await this.#reader.endPosition()) ?? 0n);
      if (expected === 'stream_exists') await this.#requireEvents(append);
      const answer = await this.#send(append, wire, expected);
      const { revision } = answer;
      // A repeat of what retention hides is answered without a position; it is at or before what existed already.
      const position = answer.position ?? (this.#watermark > before ? this.#watermark : before);
      this.noteHead(position);
      for (const [index, { id }] of events.entries()) {
        this.#revisions.set(key(stream, id), revision - BigInt(events.length - 1 - index));
      }
      const alreadyAppended =
        revisions.every((known) => known !== undefined) || position <= before || answer.position === undefined;
      return { revision, position: positionOf(position), alreadyAppended };
    });
  }

  /** Stream metadata: an event whose outcome matters only to the server. */
  setMetadata(stream: StreamName, metadata: ServerMetadata): Promise<void> {
    return this.#inOrder(`$$${stream}`, async () => {
      try {
        await this.#persistently(() => this.#connection.writing.setStreamMetadata(this.#namespace + stream, metadata));
      } catch (error) {
        throw asStoreError(error, describeHosts(this.#connection.settings));
      }
    });
  }

  /** The log reaches at least to this position. */
  noteHead(position: bigint): void {
    if (this.#watermark === undefined || position > this.#watermark) this.#watermark = position;
  }

  /** Resolves when everything requested so far has been answered. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#queues.values());
  }

  #inOrder<T>(queue: string, run: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(queue) ?? Promise.resolve();
    // The outcome of the previous append concerns only its own caller.
    const result = before.then(run, run);
    this.#queues.set(queue, result);
    const forget = (): void => {
      if (this.#queues.get(queue) === result) this.#queues.delete(queue);
    };
    result.then(forget, forget);
    return result;
  }

  /**
   * The server compares ids only from the expected revision on: an event that is in the stream before that would be
   * written a second time.
   */
  async #refuseMisplaced(append: Append, revisions: readonly (bigint | undefined)[]): Promise<void> {
    const { stream, events, expected } = append;
    const isAnywhere = expected === 'any' || expected === 'stream_exists';
    if (isAnywhere ? revisions[0] !== undefined : expected === 'no_stream') return;
    const misplaced = revisions.findIndex(
      (revision) => revision !== undefined && (isAnywhere || revision <= BigInt(expected)),
    );
    const event = events[misplaced];
    if (event === undefined) return;
    if (isAnywhere || (await this.#reader.headRevision(stream)) === expected)
      throw new EventIdConflict(stream, event.id);
  }

  async #send(
    append: Append,
    wire: readonly ReturnType<typeof toWire>[],
    streamState: ExpectedRevision,
  ): Promise<{ revision: bigint; position: bigint | undefined }> {
    const { stream } = append;
    try {
      let isRepeated = false;
      return await this.#persistently(async () => {
        const isAnywhere = streamState === 'any' || streamState === 'stream_exists';
        const stored = isRepeated && isAnywhere ? await this.#findStored(append) : undefined;
        if (stored !== undefined) return stored;
        isRepeated = true;
        const client = this.#connection.writing;
        const result = await client.appendToStream(this.#namespace + stream, [...wire], { streamState });
        return { revision: result.nextExpectedRevision, position: result.position?.commit };
      });
    } catch (error) {
      const actual = actualState(error);
      if (actual !== undefined) throw await this.#refusal(append, actual);
      if (isOfType(error, 'stream-deleted') || isOfType(error, 'stream-tombstoned')) {
        throw new StreamTombstoned(
          `Stream ${stream} was deleted on the server, by hand. If that was permanent (a tombstone), its name cannot be used ` +
            'again; if not, an append that does not require the stream creates it again.',
        );
      }
      if (isOfType(error, 'maximum-append-size-exceeded')) {
        throw new InvalidEvent(
          `The append to ${stream} is larger than the server accepts (${gist(error)}). Raise its MaxAppendSize, or store the content in a file.`,
        );
      }
      // Since 25.1, in a message that the client does not know.
      if (gist(error).includes('MaximumAppendEventSizeExceeded')) {
        throw new InvalidEvent(
          `An event for ${stream} is larger than the server accepts. Raise its MaxAppendEventSize, or store the content in a file.`,
        );
      }
      throw asStoreError(error, describeHosts(this.#connection.settings));
    }
  }

  /** For the server, metadata alone makes a stream exist. */
  async #requireEvents({ stream, expected }: Append): Promise<void> {
    if ((await this.#reader.headRevision(stream)) === undefined)
      throw new WrongExpectedRevision(stream, expected, 'no_stream');
  }

  /**
   * Whether an append without an exact revision, whose answer was lost, is stored anyway. The server knows recent ids
   * only as long as its leader lives, and a restart may be why there was no answer.
   */
  async #findStored({ stream, events }: Append): Promise<{ revision: bigint; position: bigint } | undefined> {
    const wanted = new Set(events.map(({ id }) => id));
    const last = events.at(-1)?.id;
    let found: { revision: bigint; position: bigint } | undefined;
    const recent = this.#reader.stream(stream, { direction: 'backwards', limit: LOOKED_BACK + events.length });
    for await (const { id, revision, position } of recent) {
      if (id === last) found = { revision, position };
      wanted.delete(id);
      if (wanted.size === 0) return found;
    }
    return undefined;
  }

  /** The server refuses an incomplete repeat ("corrupted idempotency") with the same message as a wrong revision. */
  async #refusal({ stream, events, expected }: Append, actual: bigint | 'no_stream'): Promise<Error> {
    const wrong = new WrongExpectedRevision(stream, expected, actual);
    const first = events[0];
    if (actual === 'no_stream' || expected === 'stream_exists' || expected === 'any') {
      if (actual === 'no_stream') return wrong;
      const unknown = events.find(({ id }) => this.#revisions.get(key(stream, id)) === undefined);
      return new EventIdConflict(stream, (unknown ?? first)?.id ?? 'unknown');
    }
    const from = expected === 'no_stream' ? 0n : expected + 1n;
    if (from > actual) return wrong;
    const there: string[] = [];
    for await (const { id } of this.#reader.stream(stream, { from, limit: events.length })) there.push(id);
    if (there[0] !== first?.id) return wrong;
    const differing = events.find(({ id }, index) => there[index] !== id);
    return differing === undefined ? wrong : new EventIdConflict(stream, differing.id);
  }

  async #persistently<T>(send: () => Promise<T>): Promise<T> {
    const { settings } = this.#connection;
    const patience = settings.defaultDeadline + GRACE_MS;
    const giveUpAt = Date.now() + patience;
    const backoff = new Backoff({ firstMs: 100, maxMs: 1000 });
    for (;;) {
      const client = this.#connection.writing;
      try {
        return await withDeadline(send(), patience, () => new NoAnswer(patience));
      } catch (error) {
        if (error instanceof NoAnswer) await this.#connection.renewWriting(client);
        const isLast = backoff.failures + 1 >= ATTEMPTS || Date.now() >= giveUpAt || this.#closing.aborted;
        if (!isUnavailable(error) || isLast) throw error;
      }
      await backoff.wait(this.#closing);
    }
  }
}

class NoAnswer extends EventStoreUnavailable {
  constructor(ms: number) {
    super(`KurrentDB accepted an append and did not answer for ${ms / 1000} s. It is safe to repeat.`);
  }
}

function key(stream: string, id: string): string {
  return `${stream}\n${id}`;
}
