import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { READ_BATCH, serverFilter, type ServerFilter } from './event-filter.testing.js';
import {
  caughtUpResponse,
  checkpointResponse,
  confirmationResponse,
  eventResponse,
  rpcError,
} from './messages.testing.js';
import { grpc } from './protocol.testing.js';
import type { StoredEvent, StoredLog } from './stored-log.testing.js';

/**
 * How many live records wait for a slow client. Beyond that, the server catches up again and says so with another
 * `CaughtUp`.
 */
const LIVE_BUFFER = 32;

/**
 * A catch-up subscription to `$all` as `Enumerator.AllSubscription[Filtered]` serves it: a checkpoint after every
 * `checkpointInterval` records (matching or not), and one when it goes live. `FellBehind` is never sent to clients.
 */
export async function serveSubscription(call: ServerWritableStream<ReadReq, ReadResp>, log: StoredLog): Promise<void> {
  const options = call.request.getOptions()!;
  const filter = serverFilter(options, log);
  const all = options.getAll()!;
  const closed = new AbortController();
  call.on('cancelled', () => closed.abort()).on('close', () => closed.abort());
  const send = async (message: ReadResp): Promise<void> => {
    if (!call.write(message)) await once(call, 'drain', { signal: closed.signal });
  };

  const start = startOf(all, log);
  let last = start;
  const checkpoints = new Checkpoints(filter, async (position) => send(checkpointResponse(position)));
  await send(confirmationResponse(randomUUID()));
  let live = false;
  while (!closed.signal.aborted) {
    const next = log.indexFrom(last + 1n);
    const pending = log.events.length - next;
    if (pending === 0) {
      if (!live) {
        // None if the start is already the end.
        if (last !== start) await checkpoints.onGoingLive(last);
        await send(caughtUpResponse());
        live = true;
        continue;
      }
      await once(log.commits, 'commit', { signal: closed.signal });
      continue;
    }
    // Events and checkpoints wait; with an interval of one record there are as many checkpoints as events.
    const perRecord = filter?.checkpointInterval === 1 ? 2 : 1;
    if (pending * perRecord > LIVE_BUFFER) live = false;
    if (!live) log.pagesOfSubscriptions += 1;
    for (const event of log.events.slice(next, next + (filter?.window ?? READ_BATCH))) {
      if (filter?.matches(event) ?? true) await send(eventResponse(event));
      last = event.position;
      if (live) await checkpoints.afterRecord(event);
    }
    // While catching up, there is one per page.
    if (!live) await checkpoints.afterPage(last);
  }
}

class Checkpoints {
  readonly #interval: number;
  readonly #send: (position: bigint) => Promise<void>;
  #counter = 0;
  #sent = 0n;

  constructor(filter: ServerFilter | undefined, send: (position: bigint) => Promise<void>) {
    this.#interval = filter?.checkpointInterval ?? Infinity;
    this.#send = send;
  }

  async afterRecord(event: StoredEvent): Promise<void> {
    this.#counter += 1;
    if (this.#counter < this.#interval) return;
    this.#counter = 0;
    await this.#sendOnce(event.position);
  }

  async afterPage(position: bigint): Promise<void> {
    if (this.#interval < Infinity) await this.#sendOnce(position);
  }

  async onGoingLive(position: bigint): Promise<void> {
    if (this.#interval < Infinity && position > 0n) await this.#sendOnce(position);
  }

  async #sendOnce(position: bigint): Promise<void> {
    if (position <= this.#sent) return;
    this.#sent = position;
    await this.#send(position);
  }
}

/** The position after which to begin. */
function startOf(all: ReadReq.Options.AllOptions, log: StoredLog): bigint {
  const position = all.getPosition();
  if (position !== undefined) {
    const from = BigInt(position.getCommitPosition());
    if (!log.isBeginning(from)) throw rpcError(grpc.status.INVALID_ARGUMENT, 'The position is invalid.');
    return from;
  }
  return all.hasEnd() ? (log.events.at(-1)?.position ?? 0n) : 0n;
}
