import { isDeepStrictEqual } from 'node:util';
import type { EventStore, RecordedEvent, StreamName } from '../port.js';
import { copyEvents, type TransferOptions, type TransferResult } from './copy-events.js';
import { asOriginal, tellsRetention } from './recorded-events.js';
import { LogsDiffer } from './transfer-errors.js';

/** The state of a stream, as any value that can be compared deeply. Must accept unknown events. */
export type FoldStream = (stream: StreamName, events: AsyncIterable<RecordedEvent>) => Promise<unknown>;

export interface CopyOptions extends TransferOptions {
  /** With it, each stream is folded from both logs at the end, and the states must be equal. */
  readonly fold?: FoldStream;
}

export type CopySource = Pick<EventStore, 'readAll' | 'readStream'>;

/**
 * Copies a log into another store with its order, ids, revisions, metadata and times. A store with times of its own
 * keeps the original ones in the metadata, from where a copy back restores them. Memory use stays flat, whatever the
 * length.
 *
 * The source may be written meanwhile; what it held at the beginning is copied. The same copy can be repeated and
 * continues where it ended, including what came since.
 * @throws LogsDiffer
 */
export async function copyLog(
  source: CopySource,
  target: EventStore,
  options: CopyOptions = {},
): Promise<TransferResult> {
  const { fold } = options;
  return copyEvents(source.readAll(), target, options, {
    onCopied: () => copyRetention(source, target),
    onStored: async ({ stream, revision }) => {
      // Each stream once, without a list of them.
      if (fold !== undefined && revision === 0n) await compareStates(stream, source, target, fold);
    },
  });
}

async function compareStates(
  stream: StreamName,
  source: CopySource,
  target: EventStore,
  fold: FoldStream,
): Promise<void> {
  const length = ((await target.headRevision(stream)) ?? -1n) + 1n;
  const inSource = await fold(stream, originals(source.readStream(stream), length));
  const inTarget = await fold(stream, originals(target.readStream(stream), length));
  if (isDeepStrictEqual(inSource, inTarget)) return;
  throw new LogsDiffer(`The state of ${stream} is not the same in both logs. Start again with an empty target.`);
}

async function copyRetention(source: object, target: EventStore): Promise<void> {
  if (!tellsRetention(source)) return;
  for await (const { stream, metadata } of source.readRetention()) await target.setStreamMetadata(stream, metadata);
}

/** Only the first `length` revisions: the source may have grown. */
async function* originals(events: AsyncIterable<RecordedEvent>, length: bigint): AsyncGenerator<RecordedEvent, void> {
  for await (const event of events) {
    if (event.revision >= length) return;
    yield asOriginal(event);
  }
}
