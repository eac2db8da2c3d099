import type { Database, Statement } from 'better-sqlite3';
import { EventDamaged, EventLogDamaged, type EventPlace } from '../errors.js';
import type { RecordedEvent } from '../port.js';
import { positionOf } from '../position.js';
import type { NameTable } from './name-table.js';
import type { StreamTable } from './stream-table.js';

/** How many bytes of a data or metadata column are read with a page; a larger one is read when its event is needed. */
const INLINE_PAYLOAD = 16 * 1024;

/** In the order of `EVENT_COLUMNS`. Tuples, because the driver builds them fastest. */
export type EventRow = readonly [
  position: number,
  streamId: number,
  revision: number,
  typeId: number,
  version: number,
  recordedAt: number,
  id: string,
  data: string | null,
  metadata: string | null,
];

/** A page of these has a bounded size, however large its events are. */
export const EVENT_COLUMNS = `position, stream_id, revision, type_id, version, recorded_at, id,
  CASE WHEN octet_length(data) <= ${INLINE_PAYLOAD} THEN data END AS data,
  CASE WHEN octet_length(metadata) <= ${INLINE_PAYLOAD} THEN metadata END AS metadata`;

interface Payload {
  readonly data: string;
  readonly metadata: string;
}

/** Decodes rows to events, parsing each payload once. */
export class EventDecoder {
  readonly #streams: StreamTable;
  readonly #types: NameTable;
  readonly #payload: Statement<[number], Payload>;
  #instant = Number.NaN;
  #instantText = '';

  constructor(db: Database, streams: StreamTable, types: NameTable) {
    this.#streams = streams;
    this.#types = types;
    this.#payload = db.prepare('SELECT data, metadata FROM event WHERE position = ?');
  }

  /** @throws EventDamaged */
  decode(row: EventRow): RecordedEvent {
    const [position, streamId, revision, typeId, version, recordedAt, id, data, metadata] = row;
    try {
      const payload = data === null || metadata === null ? this.#largePayload(position) : { data, metadata };
      return {
        id,
        type: this.#types.name(typeId),
        version,
        data: JSON.parse(payload.data),
        metadata: JSON.parse(payload.metadata),
        stream: this.#streams.name(streamId),
        revision: BigInt(revision),
        position: positionOf(position),
        recordedAt: this.#instantOf(recordedAt),
      };
    } catch (error) {
      if (!isDamage(error)) throw error;
      const reason = error instanceof SyntaxError ? 'it holds no JSON' : error.message.replace(/\.$/, '');
      throw new EventDamaged(this.#placeOf(row), reason, { cause: error });
    }
  }

  /** As much of the event as there is. */
  #placeOf([position, streamId, revision, typeId, , recordedAt, id]: EventRow): EventPlace {
    const known = <Value>(look: () => Value): Value | undefined => {
      try {
        return look();
      } catch (error) {
        if (isDamage(error)) return undefined;
        throw error;
      }
    };
    return {
      position: positionOf(position),
      revision: BigInt(revision),
      stream: known(() => this.#streams.name(streamId)),
      type: known(() => this.#types.name(typeId)),
      id,
      recordedAt: known(() => this.#instantOf(recordedAt)),
    };
  }

  #largePayload(position: number): Payload {
    const payload = this.#payload.get(position);
    if (payload === undefined) throw new EventLogDamaged('what it held is gone.');
    return payload;
  }

  /** Events of one commit share their instant, so the last text mostly fits the next one too. */
  #instantOf(milliseconds: number): string {
    if (milliseconds !== this.#instant) {
      this.#instantText = new Date(milliseconds).toISOString();
      this.#instant = milliseconds;
    }
    return this.#instantText;
  }
}

/** Not JSON, a name that is gone, an instant out of range: the row is at fault, not the file or the disk. */
const isDamage = (error: unknown): error is SyntaxError | EventLogDamaged | RangeError =>
  error instanceof SyntaxError || error instanceof EventLogDamaged || error instanceof RangeError;
