import { cause, defineEvent, type EventOf, type Upcaster } from '@streamvault/kernel';
import { z } from 'zod';

/*
 * Where notices go. One stream contains all targets, because they are few and always needed together. No event contains
 * a secret.
 */

const at = z.string();

const settings = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('webhook'), format: z.enum(['standard', 'cloudevents']) }),
  z.object({ kind: z.literal('discord') }),
  z.object({ kind: z.literal('ntfy'), server: z.string(), topic: z.string() }),
  z.object({
    kind: z.literal('telegram'),
    server: z.string(),
    chat: z.string(),
    thread: z.number().nullable(),
  }),
  z.object({ kind: z.literal('gotify'), server: z.string() }),
  z.object({ kind: z.literal('apprise'), tag: z.string().nullable() }),
  z.object({
    kind: z.literal('email'),
    host: z.string(),
    port: z.number(),
    security: z.enum(['tls', 'starttls', 'none']),
    user: z.string().nullable(),
    from: z.string(),
    to: z.array(z.string()),
  }),
  z.object({ kind: z.literal('webpush') }),
]);

const facts = {
  targetId: z.number(),
  name: z.string(),
  settings,
  /** Scheme, host and port: the public part of a secret address. */
  origin: z.string(),
  kinds: z.array(z.string()).nullable(),
  streamerIds: z.array(z.number()).nullable(),
  quiet: z.object({ from: z.string(), to: z.string(), zone: z.string().nullable() }).nullable(),
  digestAt: z.string().nullable(),
  /** By kind of notice. */
  templates: z.record(z.string(), z.object({ title: z.string().nullable(), text: z.string().nullable() })),
  enabled: z.boolean(),
  by: z.string(),
  at,
};

/** Everything was sent at once then, with the default texts. */
const withManner: Upcaster = (data) => ({ ...data, quiet: null, digestAt: null, templates: {} });

export const notificationTargetAdded = defineEvent({
  type: 'NotificationTargetAdded',
  version: 2,
  schema: z.object(facts),
  upcasters: { 1: withManner },
});

/** All settings, as they are from now on. */
export const notificationTargetChanged = defineEvent({
  type: 'NotificationTargetChanged',
  version: 2,
  schema: z.object(facts),
  upcasters: { 1: withManner },
});

export const notificationTargetRemoved = defineEvent({
  type: 'NotificationTargetRemoved',
  version: 1,
  schema: z.object({ targetId: z.number(), by: z.string(), at }),
});

/** The receiver said that it is permanently gone. */
export const notificationTargetSwitchedOff = defineEvent({
  type: 'NotificationTargetSwitchedOff',
  version: 1,
  schema: z.object({ targetId: z.number(), cause, at }),
});

export const targetEvents = [
  notificationTargetAdded,
  notificationTargetChanged,
  notificationTargetRemoved,
  notificationTargetSwitchedOff,
] as const;
export type TargetEvent = EventOf<(typeof targetEvents)[number]>;
export type TargetFacts = Omit<EventOf<typeof notificationTargetAdded>['data'], 'by' | 'at'>;

export const targetsCategory = 'notification_targets';
export const targetsStream = `${targetsCategory}-all` as const;
