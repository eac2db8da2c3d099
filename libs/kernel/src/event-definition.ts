import type { JsonObject } from '@streamvault/event-store';
import type { z } from 'zod';
import type { DomainEvent } from './domain-event.js';

/** Turns the data of version `n` into that of version `n + 1`. Pure. */
export type Upcaster = (data: JsonObject) => JsonObject;

export interface EventDefinition<Type extends string = string, Schema extends z.ZodObject = z.ZodObject> {
  readonly type: Type;
  /** Starts at 1. Increase it whenever the shape of a released event changes. */
  readonly version: number;
  /** Schema of the newest version. It has no transforms or defaults: what is stored is what was decided. */
  readonly schema: Schema;
  /** By the version they start from: one for each of `1 … version - 1`. */
  readonly upcasters: Readonly<Record<number, Upcaster>>;
}

export function defineEvent<const Type extends string, Schema extends z.ZodObject>(definition: {
  readonly type: Type;
  readonly version: number;
  readonly schema: Schema;
  readonly upcasters?: Readonly<Record<number, Upcaster>>;
}): EventDefinition<Type, Schema> {
  const { type, version, schema, upcasters = {} } = definition;
  if (!Number.isSafeInteger(version) || version < 1) throw new TypeError(`${type}: event versions count from 1.`);
  for (let from = 1; from < version; from++) {
    if (!upcasters[from])
      throw new TypeError(`${type}: version ${from} has no upcaster, old events could not be read.`);
  }
  return { type, version, schema, upcasters };
}

/** The event, or union of events, that definitions describe: `EventOf<typeof recordingStarted | typeof recordingEnded>`. */
export type EventOf<Definition extends EventDefinition> =
  Definition extends EventDefinition<infer Type, infer Schema> ? DomainEvent<Type, z.output<Schema>> : never;
