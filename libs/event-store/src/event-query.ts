import type { Direction, EventQuery, RecordedEvent } from './port.js';
import { clampToSafe } from './retention.js';
import { categoryOf } from './stream-name.js';

/** An {@link EventQuery}, prepared for searching. Instants are milliseconds since 1970. */
export interface Criteria {
  readonly stream: string | undefined;
  readonly categories: ReadonlySet<string> | undefined;
  readonly types: ReadonlySet<string> | undefined;
  readonly correlationId: string | undefined;
  readonly from: number;
  readonly to: number;
}

/** A stretch of the log, and the end to begin at. Both bounds exclusive. */
export interface Span {
  readonly after: number;
  readonly before: number;
  readonly direction: Direction;
}

/** @throws RangeError if a limit is not a whole number from 1, or an instant is invalid */
export function criteriaOf(query: EventQuery): Criteria {
  const { stream, categories, types, correlationId, recordedFrom, recordedTo, limit } = query;
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError('A limit must be a whole number from 1.');
  return {
    stream,
    categories: categories && new Set(categories),
    types: types && new Set(types),
    correlationId,
    from: recordedFrom === undefined ? Number.MIN_SAFE_INTEGER : instantOf(recordedFrom),
    to: recordedTo === undefined ? Number.MAX_SAFE_INTEGER : instantOf(recordedTo),
  };
}

/** For logs whose positions are plain numbers. */
export function spanOf({ after, before, direction = 'forwards' }: EventQuery): Span {
  return {
    after: after === undefined ? 0 : clampToSafe(after),
    before: before === undefined ? Number.MAX_SAFE_INTEGER : clampToSafe(before),
    direction,
  };
}

/** Whether an event matches. Its place in the log is not checked here. */
export function isWanted(event: RecordedEvent, criteria: Criteria): boolean {
  const { stream, categories, types, correlationId, from, to } = criteria;
  const at = Date.parse(event.recordedAt);
  return (
    (stream === undefined || event.stream === stream) &&
    (categories?.has(categoryOf(event.stream) ?? '') ?? true) &&
    (types?.has(event.type) ?? true) &&
    (correlationId === undefined || event.metadata.$correlationId === correlationId) &&
    from <= at &&
    at <= to
  );
}

function instantOf(text: string): number {
  const instant = Date.parse(text);
  if (Number.isNaN(instant)) throw new RangeError(`${JSON.stringify(text)} is no instant. Use ISO 8601.`);
  return instant;
}
