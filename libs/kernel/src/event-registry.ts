import type {
  EventMetadata,
  JsonObject,
  NewEvent,
  Position,
  RecordedEvent,
  Revision,
  StreamName,
} from '@streamvault/event-store';
import type { CommandMetadata } from './command-metadata.js';
import { deterministicId } from './deterministic-id.js';
import type { AnyEvent, DomainEvent } from './domain-event.js';
import type { EventDefinition } from './event-definition.js';
import { EventFromNewerVersion, EventSchemaViolation, UnknownEventType, UpcastFailed } from './event-errors.js';
import { exactProblems, schemaProblems } from './schema-problems.js';

/** A domain event with its place in the log and its origin; `version` is the one that its data now has. */
export type ReadEvent<Event extends AnyEvent = DomainEvent> = Event & {
  readonly id: string;
  readonly version: number;
  readonly stream: StreamName;
  readonly revision: Revision;
  readonly position: Position;
  readonly metadata: EventMetadata;
  /** ISO 8601 UTC. */
  readonly recordedAt: string;
};

interface Entry {
  readonly definition: EventDefinition;
  readonly strict: EventDefinition['schema'];
}

/**
 * Every event type that the program knows. The one place where events are checked on their way into the log and out of
 * it.
 */
export class EventRegistry {
  readonly #entries = new Map<string, Entry>();

  constructor(definitions: Iterable<EventDefinition>) {
    for (const definition of definitions) {
      const known = this.#entries.get(definition.type);
      if (known && known.definition !== definition)
        throw new TypeError(`Event type ${definition.type} is defined twice.`);
      this.#entries.set(definition.type, { definition, strict: definition.schema.strict() });
    }
  }

  get types(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** The newest version of a type; undefined if the type is unknown. */
  definition(type: string): EventDefinition | undefined {
    return this.#entries.get(type)?.definition;
  }

  /**
   * Events ready to append. Ids follow from the command's id, the stream and the place within `events`: the same
   * command again gives the same ids, so a repeated append is recognized.
   * @throws EventSchemaViolation if an event is not exactly what its schema says
   */
  toNewEvents(events: readonly AnyEvent[], metadata: CommandMetadata, stream = ''): NewEvent[] {
    return events.map((event, index) => this.toNewEvent(event, metadata, stream, index));
  }

  /** One event of {@link toNewEvents}. */
  toNewEvent(event: AnyEvent, metadata: CommandMetadata, stream = '', index = 0): NewEvent {
    return {
      id: eventId(metadata.commandId, stream, index),
      ...this.#checked(event),
      metadata: {
        $correlationId: metadata.correlationId,
        $causationId: metadata.causationId,
        actor: metadata.actor,
        commandId: metadata.commandId,
      },
    };
  }

  /**
   * Data of the present version is returned as it is (it was checked when it was written). Older data is upcast and
   * checked.
   * @throws UnknownEventType, EventFromNewerVersion, UpcastFailed
   */
  read<Event extends AnyEvent = DomainEvent>(recorded: RecordedEvent): ReadEvent<Event>;
  read(recorded: RecordedEvent): ReadEvent {
    const definition = this.#entries.get(recorded.type)?.definition;
    if (!definition) throw new UnknownEventType(recorded.type, recorded.stream, recorded.revision);
    if (recorded.version === definition.version) return recorded;
    if (recorded.version > definition.version) {
      const { type, version, stream, revision } = recorded;
      throw new EventFromNewerVersion(type, version, definition.version, stream, revision);
    }
    return { ...recorded, version: definition.version, data: upcast(recorded, definition) };
  }

  #checked(event: AnyEvent): Pick<NewEvent, 'type' | 'version' | 'data'> {
    const entry = this.#entries.get(event.type);
    if (!entry) throw new TypeError(`Event type ${event.type} is not registered.`);
    const { version } = entry.definition;
    const result = entry.strict.safeParse(event.data);
    const problems = result.success ? exactProblems(event.data, result.data) : schemaProblems(result.error);
    if (problems.length > 0) throw new EventSchemaViolation(event.type, version, problems);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- found to be exactly what its schema says
    return { type: event.type, version, data: event.data as JsonObject };
  }
}

/** The id of a command's `index`th event on a stream. */
export function eventId(commandId: string, stream: string, index: number): string {
  return deterministicId(commandId, stream, index);
}

function upcast(recorded: RecordedEvent, definition: EventDefinition): JsonObject {
  const { type, version, stream, revision } = recorded;
  const failed = (reason: string, options?: ErrorOptions) =>
    new UpcastFailed(type, version, stream, revision, reason, options);
  let data = recorded.data;
  for (let from = version; from < definition.version; from++) {
    const step = definition.upcasters[from];
    if (!step) throw failed(`there is no upcaster from version ${from}`);
    try {
      data = step(data);
    } catch (error) {
      // An upcaster meets everything that was ever written. The operator needs to know which event it failed on.
      throw failed(`the upcaster from version ${from} threw`, { cause: error });
    }
  }
  const result = definition.schema.safeParse(data);
  if (!result.success) throw failed(schemaProblems(result.error).join('; '));
  return data;
}
