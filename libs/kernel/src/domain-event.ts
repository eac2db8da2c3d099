import type { JsonObject } from '@streamvault/event-store';

/** A fact. Declare a context's events as a union of these, so that a `switch` over `type` narrows `data`. */
export type DomainEvent<Type extends string = string, Data extends object = JsonObject> = {
  readonly type: Type;
  readonly data: Data;
};

/**
 * The bound for any event. It is looser than `DomainEvent`, because an optional property is not quite JSON to the
 * compiler.
 */
export type AnyEvent = DomainEvent<string, object>;
