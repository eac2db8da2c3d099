import { z } from 'zod';
import { cause, instant, listQuery, page, publicId, wholeList } from './primitives.js';

/** Subjects of notices. These words are also the `type` of webhooks. */
export const noticeKinds = [
  'streamer.live',
  'recording.started',
  'recording.completed',
  'recording.failed',
  'recording.interrupted',
  'recording.gap',
  'recording.step_failed',
  'disk.full',
  'preflight.failed',
  'video.binned',
  'video.purged',
] as const;
export const noticeKind = z.enum(noticeKinds).meta({
  id: 'NoticeKind',
  description:
    '`recording.gap`: at least 10 seconds are missing. `disk.full`: a recording waits for room, or had to stop. `preflight.failed`: what the next recording needs is missing.',
});
export type NoticeKind = z.infer<typeof noticeKind>;
/** What is sent: `digest` is many of the others in one. */
export const sentKinds = [...noticeKinds, 'digest'] as const;

const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, 'Must be one line without control characters.');
const server = z
  .httpUrl()
  .or(z.url({ protocol: /^https?$/ }))
  .pipe(z.string().max(500));
const mailAddress = z.email().max(254);

/** Where notices go, without secrets. The `kind` of a target never changes. */
export const targetSettings = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('webhook'),
      /** Both are signed as in Standard Webhooks if there is a `secret`. */
      format: z.enum(['standard', 'cloudevents']).default('standard'),
    }),
    z.object({ kind: z.literal('discord') }),
    z.object({
      kind: z.literal('ntfy'),
      server: server.default('https://ntfy.sh'),
      topic: z.string().regex(/^[\w-]{1,64}$/),
    }),
    z.object({
      kind: z.literal('telegram'),
      server: server.default('https://api.telegram.org'),
      /** A number, or `@channel`. */
      chat: z.string().regex(/^(-?\d{1,20}|@\w{1,64})$/),
      thread: z.int().min(1).nullable().default(null),
    }),
    z.object({ kind: z.literal('gotify'), server }),
    z.object({ kind: z.literal('apprise'), tag: line(100).nullable().default(null) }),
    z.object({
      kind: z.literal('email'),
      host: z.string().regex(/^[\w.:-]{1,253}$/),
      port: z.int().min(1).max(65_535),
      /** `starttls` sends nothing to a server that cannot encrypt. */
      security: z.enum(['tls', 'starttls', 'none']),
      user: line(254).nullable().default(null),
      from: mailAddress,
      to: z.array(mailAddress).min(1).max(20),
    }),
    /** A browser that asked for it; the `subscription` that it gave is the credential. Needs an https address of StreamVault’s own. */
    z.object({ kind: z.literal('webpush') }),
  ])
  .meta({ id: 'NotificationTargetSettings' });
export type TargetSettings = z.infer<typeof targetSettings>;

const secretText = z.string().min(1).max(4000);
/**
 * Which of them a kind takes: webhook `url`, `secret`; discord `url`; ntfy, telegram, gotify `token`; apprise `url`; email `password`;
 * webpush `subscription`, the browser's `PushSubscription` as JSON.
 */
const credentialNames = {
  url: secretText,
  secret: secretText,
  token: secretText,
  password: secretText,
  subscription: secretText,
};
export type CredentialName = keyof typeof credentialNames;

const choices = {
  /** null: all of them. */
  kinds: z.array(noticeKind).max(noticeKinds.length).nullable(),
  /** null: all streamers. */
  streamerIds: z.array(publicId).max(1000).nullable(),
};

const wallClock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Must be a time of the day such as 22:30.');

/** Two words of ours, `title` and `text`, with `{{variables}}` in them; what is not said stays as StreamVault words it. */
export const noticeTemplate = z.object({
  title: z.string().trim().min(1).max(300).nullable().default(null),
  text: z.string().trim().max(3000).nullable().default(null),
});
export type NoticeTemplate = z.infer<typeof noticeTemplate>;
/** What a template may name. */
export const templateVariables = ['streamer', 'show', 'title', 'text', 'kind', 'severity', 'at', 'link'] as const;
export type TemplateVariable = (typeof templateVariables)[number];

const manner = {
  /** When it stays silent, from one time of the day to another; failures are told all the same. */
  quiet: z
    .object({
      from: wallClock,
      to: wallClock,
      /** IANA name; null: that of the settings. */
      zone: z.string().max(60).nullable().default(null),
    })
    .refine(({ from, to }) => from !== to, 'Quiet hours have to begin and end at different times.')
    .nullable(),
  /** Once a day, at that time of the day in the zone of the settings, all but failures together; null: each at once. */
  digestAt: wallClock.nullable(),
  /** By kind of notice. */
  templates: z.partialRecord(noticeKind, noticeTemplate),
};

export const addTargetBody = z.object({
  name: line(100),
  settings: targetSettings,
  credentials: z.object(credentialNames).partial().default({}),
  kinds: choices.kinds.default(null),
  streamerIds: choices.streamerIds.default(null),
  quiet: manner.quiet.default(null),
  digestAt: manner.digestAt.default(null),
  templates: manner.templates.default({}),
  enabled: z.boolean().default(true),
});
export type AddTargetBody = z.infer<typeof addTargetBody>;
/** As it may be sent: what has a default may be left out. */
export type AddTargetInput = z.input<typeof addTargetBody>;

export const changeTargetBody = z.object({
  name: line(100).optional(),
  settings: targetSettings.optional(),
  /** Omitted ones stay; null erases. */
  credentials: z
    .object({
      url: secretText.nullable(),
      secret: secretText.nullable(),
      token: secretText.nullable(),
      password: secretText.nullable(),
      subscription: secretText.nullable(),
    })
    .partial()
    .optional(),
  kinds: choices.kinds.optional(),
  streamerIds: choices.streamerIds.optional(),
  quiet: manner.quiet.optional(),
  digestAt: manner.digestAt.optional(),
  templates: manner.templates.optional(),
  enabled: z.boolean().optional(),
});
export type ChangeTargetBody = z.infer<typeof changeTargetBody>;

const secretDescription = z.object({ set: z.boolean(), hint: z.string().nullable(), updatedAt: instant.nullable() });

export const notificationTarget = z
  .object({
    id: publicId,
    name: z.string(),
    settings: targetSettings,
    /** Scheme, host and port that it is sent to. The rest of a secret address is never shown. */
    origin: z.string(),
    /** By name, without the secrets: they are never returned. */
    credentials: z.record(z.string(), secretDescription),
    ...choices,
    ...manner,
    enabled: z.boolean(),
    /** Why StreamVault switched it off: the receiver said that it is gone. Enabling it again clears this. */
    switchedOff: z.object({ at: instant, cause }).nullable(),
    /** Until when nothing is sent, after several consecutive failures. */
    restingUntil: instant.nullable(),
  })
  .meta({ id: 'NotificationTarget' });
export type NotificationTarget = z.infer<typeof notificationTarget>;
export const notificationTargets = wholeList(notificationTarget);

export const targetTest = z
  .object({
    delivered: z.boolean(),
    /** The receiver's status; null if it never answered, or does not speak HTTP. */
    status: z.int().nullable(),
    /** The first 500 characters of its answer, without secrets. */
    answer: z.string(),
    failure: cause.nullable(),
    seconds: z.number(),
  })
  .meta({ id: 'NotificationTest' });
export type TargetTest = z.infer<typeof targetTest>;

/** How a notice of a kind would read. */
export const previewNoticeBody = z.object({ kind: noticeKind, template: noticeTemplate });
export type PreviewNoticeBody = z.infer<typeof previewNoticeBody>;
export const noticePreview = z.object({ title: z.string(), text: z.string() }).meta({ id: 'NoticePreview' });
export type NoticePreview = z.infer<typeof noticePreview>;

/** What a browser needs to subscribe to web push. */
export const pushKey = z
  .object({
    /** VAPID (RFC 8292), base64url; `applicationServerKey` of the browser. null where it cannot be used. */
    publicKey: z.string().nullable(),
    /** Why not, and what to do about it. */
    problem: z.string().nullable(),
  })
  .meta({ id: 'PushKey' });
export type PushKey = z.infer<typeof pushKey>;

export const deliveryStates = ['pending', 'sending', 'delivered', 'retry', 'dead'] as const;

export const noticeDelivery = z
  .object({
    /** The same for all attempts, so that receivers can recognize duplicates. */
    id: z.string(),
    targetId: publicId,
    kind: z.enum(sentKinds),
    title: z.string(),
    text: z.string(),
    state: z.enum(deliveryStates),
    attempts: z.int(),
    queuedAt: instant,
    /** When it is tried next; null if it will not be. */
    dueAt: instant.nullable(),
    /** Why it waits although nothing failed: quiet hours, for the digest, or for more that belongs to it. */
    heldBecause: z.enum(['quiet-hours', 'digest', 'settling']).nullable(),
    /** From when on it is not sent any more. */
    expiresAt: instant.nullable(),
    endedAt: instant.nullable(),
    /** Why it is dead; null where it is not. */
    deadBecause: z
      .enum(['refused', 'partial', 'gave-up', 'expired', 'target-removed', 'target-off', 'digested', 'superseded'])
      .nullable(),
    /** Of the last attempt that failed. */
    failure: cause.nullable(),
  })
  .meta({ id: 'NoticeDelivery' });
export type NoticeDelivery = z.infer<typeof noticeDelivery>;
export const deliveryPage = page(noticeDelivery);

export const deliveriesQuery = listQuery.extend({
  targetId: z.coerce.number().pipe(publicId).optional(),
  state: z.enum(deliveryStates).optional(),
});
