import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import { once } from 'node:events';
import { serverFilter } from './event-filter.testing.js';
import { eventResponse, nameOf, notFoundResponse, rpcError } from './messages.testing.js';
import { grpc, streams } from './protocol.testing.js';
import type { StoredEvent, StoredLog } from './stored-log.testing.js';

type Call = ServerWritableStream<ReadReq, ReadResp>;

const MAX_INT64 = 2n ** 63n - 1n;

/** A read of a stream or of `$all` that ends. Both include their starting point. */
export async function serveRead(call: Call, log: StoredLog): Promise<void> {
  const options = call.request.getOptions()!;
  const stream = options.getStream();
  const count = Number(options.getCount());
  const backwards = options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  if (stream !== undefined) {
    const name = nameOf(stream.getStreamIdentifier());
    if (log.isTombstoned(name)) throw streamDeleted(name);
    if (!log.exists(name)) return void call.write(notFoundResponse(name));
    return send(call, streamEvents(stream, log.visible(name), backwards), count);
  }
  const matching = [...allEvents(options, log, backwards)];
  if (options.getFilter() !== undefined) log.examined += examinedFor(options, log, matching[count], backwards);
  await send(call, matching, count);
}

/**
 * After its last match a filtered read continues, to one more match or the log's end, and hands over nothing before
 * (`ReadAllBackwardsFiltered.cs`).
 */
function examinedFor(
  options: ReadReq.Options,
  log: StoredLog,
  next: StoredEvent | undefined,
  backwards: boolean,
): number {
  const position = options.getAll()?.getPosition();
  const edge = backwards ? log.events.length : 0;
  const start = position === undefined ? edge : log.indexFrom(BigInt(position.getCommitPosition()));
  const end = next === undefined ? log.events.length - edge : log.indexFrom(next.position);
  return Math.abs(end - start);
}

function* streamEvents(
  options: ReadReq.Options.StreamOptions,
  visible: readonly StoredEvent[],
  backwards: boolean,
): Generator<StoredEvent> {
  const from = options.hasRevision() ? BigInt(options.getRevision()) : undefined;
  if (from !== undefined && from > MAX_INT64) throw rpcError(grpc.status.INVALID_ARGUMENT, 'revision');
  for (const event of backwards ? visible.toReversed() : visible) {
    if (from !== undefined && (backwards ? event.revision > from : event.revision < from)) continue;
    yield event;
  }
}

function* allEvents(options: ReadReq.Options, log: StoredLog, backwards: boolean): Generator<StoredEvent> {
  const filter = serverFilter(options, log);
  const position = options.getAll()?.getPosition();
  const from = position && BigInt(position.getCommitPosition());
  // Forwards, there is simply nothing after the end.
  const isBehind = from !== undefined && from > (log.events.at(-1)?.position ?? 0n);
  if (from !== undefined && ((isBehind && backwards) || !log.isBeginning(from))) {
    throw rpcError(grpc.status.UNKNOWN, 'Unexpected ReadAllResult: InvalidPosition');
  }
  let index = backwards ? log.events.length - 1 : 0;
  if (from !== undefined) index = backwards ? log.indexFrom(from) - 1 : log.indexFrom(from);
  // The end as it was when the read began.
  const end = backwards ? -1 : log.events.length;
  for (; index !== end; index += backwards ? -1 : 1) {
    const event = log.events[index];
    if (event !== undefined && (filter?.matches(event) ?? true)) yield event;
  }
}

async function send(call: Call, events: Iterable<StoredEvent>, count: number): Promise<void> {
  const closed = new AbortController();
  call.on('cancelled', () => closed.abort()).on('close', () => closed.abort());
  let sent = 0;
  for (const event of events) {
    if (sent >= count || closed.signal.aborted) return;
    if (!call.write(eventResponse(event))) await once(call, 'drain', { signal: closed.signal });
    sent += 1;
  }
}

function streamDeleted(name: string) {
  return rpcError(grpc.status.FAILED_PRECONDITION, `Event stream '${name}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': name,
  });
}
