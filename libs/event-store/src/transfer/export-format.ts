import { isEventType, categoryOf } from '../stream-name.js';
import type { EventMetadata, JsonObject, RecordedEvent, StreamMetadata, StreamName } from '../port.js';
import { parsePosition } from '../position.js';
import { instantOf, type StreamRetention } from './recorded-events.js';

/**
 * An export is NDJSON (one JSON object per line, UTF-8, `\n`): a header, one line per event in the log's order, one per
 * stream with retention, and finally the end, without which it is incomplete. Positions and revisions are decimal strings.
 *
 *     {"streamvaultLog":1}
 *     {"position":"1","stream":"…","revision":"0","id":"…","type":"…","version":1,"recordedAt":"…","data":{…},"metadata":{…}}
 *     {"retention":{"stream":"…","maxAge":60,"maxCount":9,"truncateBefore":"5"}}
 *     {"end":{"events":1,"position":"1","hash":"…"}}
 *
 * The hash is the digest of the events. For an unchanged embedded log it is the hash of the head.
 */
export const HEADER = '{"streamvaultLog":1}';

export interface ExportEnd {
  readonly events: number;
  /** Position of the last event in the log it was taken from; "0" if there is none. */
  readonly position: string;
  readonly hash: string;
}

export type ExportLine =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'retention'; readonly retention: StreamRetention }
  | { readonly kind: 'end'; readonly summary: ExportEnd };

export function eventLine(event: RecordedEvent): string {
  const { position, stream, revision, id, type, version, recordedAt, data, metadata } = event;
  return JSON.stringify({
    position: String(position),
    stream,
    revision: String(revision),
    id,
    type,
    version,
    recordedAt,
    data,
    metadata,
  });
}

export function retentionLine({ stream, metadata }: StreamRetention): string {
  const { truncateBefore, ...limits } = metadata;
  return JSON.stringify({
    retention: { stream, ...limits, ...(truncateBefore !== undefined && { truncateBefore: String(truncateBefore) }) },
  });
}

export function endLine(end: ExportEnd): string {
  return JSON.stringify({ end });
}

/** Undefined for a line that does not belong in an export. */
export function parseLine(text: string): ExportLine | undefined {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(line)) return undefined;
  if (isObject(line['end'])) return endOf(line['end']);
  if (isObject(line['retention'])) return retentionOf(line['retention']);
  return eventOf(line);
}

function eventOf(line: Fields): ExportLine | undefined {
  const { position, stream, revision, id, type, version, recordedAt, data, metadata } = line;
  if (!isStreamName(stream) || typeof id !== 'string' || !isEventType(type)) return undefined;
  if (typeof version !== 'number' || typeof recordedAt !== 'string' || instantOf(recordedAt) === undefined)
    return undefined;
  if (!isPayload(data) || !isMetadata(metadata)) return undefined;
  const at = integerOf(position);
  const stored = integerOf(revision);
  if (at === undefined || stored === undefined) return undefined;
  return {
    kind: 'event',
    event: { position: at, stream, revision: stored, id, type, version, recordedAt, data, metadata },
  };
}

function retentionOf(fields: Fields): ExportLine | undefined {
  const { stream, maxAge, maxCount, truncateBefore } = fields;
  const before = truncateBefore === undefined ? undefined : integerOf(truncateBefore);
  if (!isStreamName(stream) || (truncateBefore !== undefined && before === undefined)) return undefined;
  if (!isLimit(maxAge) || !isLimit(maxCount)) return undefined;
  const metadata: StreamMetadata = {
    ...(maxAge !== undefined && { maxAge }),
    ...(maxCount !== undefined && { maxCount }),
    ...(before !== undefined && { truncateBefore: before }),
  };
  return { kind: 'retention', retention: { stream, metadata } };
}

function endOf({ events, position, hash }: Fields): ExportLine | undefined {
  if (typeof events !== 'number' || typeof position !== 'string' || typeof hash !== 'string') return undefined;
  return { kind: 'end', summary: { events, position, hash } };
}

type Fields = Record<string, unknown>;

function integerOf(text: unknown): ReturnType<typeof parsePosition> {
  return typeof text === 'string' ? parsePosition(text) : undefined;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPayload(value: unknown): value is JsonObject {
  return isObject(value);
}

function isMetadata(value: unknown): value is EventMetadata {
  return isObject(value);
}

function isStreamName(value: unknown): value is StreamName {
  return typeof value === 'string' && categoryOf(value) !== undefined;
}

function isLimit(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1);
}
