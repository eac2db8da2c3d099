import type { ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import type {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import { identifier, nameOf, rpcError, uuidOf } from './messages.testing.js';
import { Any, grpc, RpcStatus, shared, streams, WellKnownEmpty } from './protocol.testing.js';
import { type AppendOutcome, EXPECT, type ProposedEvent, type StoredLog } from './stored-log.testing.js';

export interface Appending {
  readonly log: StoredLog;
  /** Bytes. */
  readonly maxAppendSize: number;
  /** Bytes of one event: data, metadata and twice the length of its type. */
  readonly maxAppendEventSize: number;
  /**
   * Called once per append. `storeOnly` stores without an answer, like a server that dies between the two; `timeout`
   * answers a repeat whose original is not indexed yet; `notReady` and `denied` are statuses for a batch.
   */
  readonly fault: () => AppendFault | undefined;
  /** The server's clock, with which a batch's deadline is compared. */
  readonly now: () => number;
}

export type AppendFault = 'storeOnly' | 'hang' | 'timeout' | 'notReady' | 'denied' | 'notLeader';

interface PendingAppend {
  readonly stream: string;
  readonly expected: bigint;
  readonly events: ProposedEvent[];
  /** Milliseconds since 1970, by the client's clock. */
  readonly deadline: number | undefined;
}

/** `BatchAppend`: many appends on one call, distinguished by correlation ids, each in one or several requests. */
export function serveBatchAppend(call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>, host: Appending): void {
  const pending = new Map<string, PendingAppend>();
  call.on('data', (request: BatchAppendReq) => {
    const id = uuidOf(request.getCorrelationId());
    const options = request.getOptions();
    if (options !== undefined) {
      const stream = nameOf(options.getStreamIdentifier());
      const deadline = options.getDeadline21100()?.toDate().getTime();
      pending.set(id, { stream, expected: expectedOf(options, options.getStreamPosition()), events: [], deadline });
    }
    const append = pending.get(id);
    if (append === undefined) return;
    append.events.push(...request.getProposedMessagesList().map(proposed));
    if (!request.getIsFinal()) return;
    pending.delete(id);
    const answer = new streams.BatchAppendResp()
      .setCorrelationId(request.getCorrelationId())
      .setStreamIdentifier(identifier(append.stream));
    const fault = host.fault();
    if (fault === 'hang') return;
    if (fault === 'notLeader') {
      const trailers = { exception: 'not-leader', 'leader-endpoint-host': 'localhost', 'leader-endpoint-port': '1' };
      call.emit('error', rpcError(grpc.status.NOT_FOUND, 'Leader info available', trailers));
      return;
    }
    if (fault === 'timeout' || (append.deadline !== undefined && append.deadline < host.now())) {
      call.write(answer.setError(failure('Timeout', new shared.Timeout().serializeBinary())));
      return;
    }
    if (fault === 'notReady') {
      const empty = new Any();
      empty.pack(new Uint8Array(), 'google.protobuf.Empty');
      call.write(answer.setError(new RpcStatus().setMessage('Server Is Not Ready').setDetails(empty)));
      return;
    }
    if (fault === 'denied') {
      call.write(answer.setError(failure('AccessDenied', new shared.AccessDenied().serializeBinary())));
      return;
    }
    const tooLarge = append.events.find((event) => sizeOf(event) > host.maxAppendEventSize);
    if (tooLarge !== undefined) {
      // A message that the client does not know.
      call.write(answer.setError(failure('MaximumAppendEventSizeExceeded', new Uint8Array())));
      return;
    }
    const size = append.events.reduce((sum, event) => sum + sizeOf(event), 0);
    if (size > host.maxAppendSize) {
      const details = new shared.MaximumAppendSizeExceeded().setMaxappendsize(host.maxAppendSize);
      call.write(answer.setError(failure('MaximumAppendSizeExceeded', details.serializeBinary())));
      return;
    }
    const outcome = host.log.append(append.stream, append.events, append.expected);
    if (fault === undefined) call.write(batchAnswer(answer, outcome, append));
  });
  call.on('end', () => call.end());
}

/** `Append`: one append per call, which the client uses when a call has credentials of its own. */
export async function serveAppend(
  call: ServerReadableStream<AppendReq, AppendResp>,
  host: Appending,
): Promise<AppendResp | undefined> {
  let append: PendingAppend | undefined;
  for await (const request of call as AsyncIterable<AppendReq>) {
    const options = request.getOptions();
    if (options !== undefined) {
      const stream = nameOf(options.getStreamIdentifier());
      append = { stream, expected: expectedOf(options, options.getRevision()), events: [], deadline: undefined };
    }
    const message = request.getProposedMessage();
    if (message !== undefined) append?.events.push(proposed(message));
  }
  if (append === undefined) throw rpcError(grpc.status.INVALID_ARGUMENT, 'no options');
  const fault = host.fault();
  if (fault === 'hang') return undefined;
  const outcome = host.log.append(append.stream, append.events, append.expected);
  return fault === undefined ? singleAnswer(outcome, append) : undefined;
}

function batchAnswer(
  answer: BatchAppendResp,
  outcome: AppendOutcome,
  { stream, expected }: PendingAppend,
): BatchAppendResp {
  switch (outcome.kind) {
    case 'success': {
      const success = new streams.BatchAppendResp.Success().setCurrentRevision(String(outcome.revision));
      if (outcome.position === undefined) return answer.setSuccess(success.setNoPosition(new WellKnownEmpty()));
      const position = new shared.AllStreamPosition()
        .setCommitPosition(String(outcome.position))
        .setPreparePosition(String(outcome.position));
      return answer.setSuccess(success.setPosition(position));
    }
    case 'wrongExpectedVersion': {
      const details = new shared.WrongExpectedVersion();
      if (outcome.current < 0) details.setCurrentNoStream(new WellKnownEmpty());
      else details.setCurrentStreamRevision(String(outcome.current));
      if (expected === EXPECT.any) details.setExpectedAny(new WellKnownEmpty());
      else if (expected === EXPECT.noStream) details.setExpectedNoStream(new WellKnownEmpty());
      else if (expected === EXPECT.streamExists) details.setExpectedStreamExists(new WellKnownEmpty());
      else details.setExpectedStreamPosition(String(expected));
      return answer.setError(failure('WrongExpectedVersion', details.serializeBinary()));
    }
    default: {
      const details = new shared.StreamDeleted().setStreamIdentifier(identifier(stream));
      return answer.setError(failure('StreamDeleted', details.serializeBinary()));
    }
  }
}

function singleAnswer(outcome: AppendOutcome, { stream }: PendingAppend): AppendResp {
  switch (outcome.kind) {
    case 'success': {
      const at = outcome.position;
      if (at === undefined) {
        const hidden = new streams.AppendResp.Success().setCurrentRevision(String(outcome.revision));
        return new streams.AppendResp().setSuccess(hidden.setNoPosition(new shared.Empty()));
      }
      const position = new streams.AppendResp.Position()
        .setCommitPosition(String(outcome.position))
        .setPreparePosition(String(outcome.position));
      const success = new streams.AppendResp.Success().setCurrentRevision(String(outcome.revision));
      return new streams.AppendResp().setSuccess(success.setPosition(position));
    }
    case 'wrongExpectedVersion': {
      const wrong = new streams.AppendResp.WrongExpectedVersion();
      if (outcome.current < 0) wrong.setCurrentNoStream(new shared.Empty());
      else wrong.setCurrentRevision(String(outcome.current));
      return new streams.AppendResp().setWrongExpectedVersion(wrong);
    }
    default:
      throw rpcError(grpc.status.FAILED_PRECONDITION, 'deleted', {
        exception: 'stream-deleted',
        'stream-name': stream,
      });
  }
}

const sizeOf = ({ data, metadata, type }: ProposedEvent): number => data.length + metadata.length + 2 * type.length;

function failure(name: string, details: Uint8Array) {
  const any = new Any();
  any.pack(details, `event_store.client.${name}`);
  return new RpcStatus().setMessage(name).setDetails(any);
}

function expectedOf(options: BatchAppendReq.Options | AppendReq.Options, revision: string): bigint {
  if (options.hasNoStream()) return EXPECT.noStream;
  if (options.hasAny()) return EXPECT.any;
  if (options.hasStreamExists()) return EXPECT.streamExists;
  return BigInt(revision);
}

function proposed(message: BatchAppendReq.ProposedMessage | AppendReq.ProposedMessage): ProposedEvent {
  const metadata = message.getMetadataMap();
  return {
    id: uuidOf(message.getId()),
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}
