import type { ReadReq } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import { rpcError } from './messages.testing.js';
import { grpc } from './protocol.testing.js';
import type { StoredEvent, StoredLog } from './stored-log.testing.js';

/** The batch size of the server's reads, and its search window if a request names none. */
export const READ_BATCH = 32;

export interface ServerFilter {
  readonly matches: (event: StoredEvent) => boolean;
  /** How many records one page of a catch-up examines. */
  readonly window: number;
  /** A checkpoint is due after this many records. */
  readonly checkpointInterval: number;
}

/** What a culture's comparison skips: the soft hyphen, and characters without width. */
const UNSEEN = /[\u00AD\u200B-\u200D\uFEFF]/gu;

export function serverFilter(
  options: ReadReq.Options,
  { isCultureSensitive }: Pick<StoredLog, 'isCultureSensitive'>,
): ServerFilter | undefined {
  const filter = options.getFilter();
  if (filter === undefined) return undefined;
  const onStream = filter.getStreamIdentifier();
  const expression = onStream ?? filter.getEventType();
  if (expression === undefined) throw rpcError(grpc.status.INVALID_ARGUMENT, 'filter');
  const [regex, prefixes] = [expression.getRegex(), expression.getPrefixList()];
  if (regex === '' && prefixes.length === 0) throw rpcError(grpc.status.INVALID_ARGUMENT, 'an empty filter');
  const pattern = regex === '' ? undefined : new RegExp(regex, 'u');
  const window = filter.hasMax() ? filter.getMax() : READ_BATCH;
  const multiplier = filter.getCheckpointintervalmultiplier();
  if (multiplier === 0 || window === 0) throw rpcError(grpc.status.INVALID_ARGUMENT, 'checkpointIntervalMultiplier');
  return {
    matches: (event) => {
      const whole = onStream ? event.stream : event.type;
      const text = isCultureSensitive ? whole.replaceAll(UNSEEN, '') : whole;
      return pattern?.test(text) ?? prefixes.some((prefix) => text.startsWith(prefix));
    },
    window,
    checkpointInterval: multiplier * window,
  };
}
