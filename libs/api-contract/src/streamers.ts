import { z } from 'zod';
import { noticeKind, noticeKinds } from './notifications.js';
import { cause, instant, listQuery, page, publicId } from './primitives.js';

/** `best`, `audio`, or a height with an optional frame rate: `1080p60`, `720p`. */
export const quality = z
  .string()
  .regex(/^(best|audio|\d{3,4}p(\d{2,3})?)$/, 'Use best, audio, or a height such as 720p or 1080p60.')
  .meta({ id: 'Quality' });

export const platform = z.enum(['hls', 'demo', 'twitch', 'web', 'stream']).meta({
  id: 'Platform',
  description:
    'hls: a playlist; twitch: a Twitch channel; stream: RTMP, RTSP, SRT or DASH; web: an address whose kind is found when it is opened; demo: made by this server.',
});
export type Platform = z.infer<typeof platform>;

export const adChoice = z.enum(['skip', 'keep']).meta({
  id: 'AdChoice',
  description:
    'Advertising that the source marks as such: left out of recordings, or kept in them. It is reported either way.',
});
export type AdChoice = z.infer<typeof adChoice>;

const proxyName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'Use the name of a proxy (small letters, digits, - and _) or direct.');

/** What can be asked for. The settings limit how many there are. */
export const wantedProxies = z
  .array(proxyName)
  .min(1, 'Name at least one, or send null for the proxies of the settings.')
  .max(20)
  .refine((names) => new Set(names).size === names.length, 'Name each of them once.')
  .refine((names) => !names.slice(0, -1).includes('direct'), 'Proxies after direct are never used: put direct last.')
  .nullable()
  .meta({
    id: 'WantedProxies',
    description:
      'Names of proxies (GET /api/proxies) and direct, in order of preference: the first that works is used, and only listed ones are. null: as in SOURCE_PROXIES.',
  });

export const patienceSeconds = z.int().min(0).max(86_400).meta({
  description:
    'How long a streamer may be away before a broadcast is over; within this time the same recording goes on.',
});
export const stopAfterChangeSeconds = z.union([z.int().min(0).max(86_400), z.literal('never')]).meta({
  id: 'StopAfterChange',
  description: 'How long a recording goes on after its broadcast has become one that the rules do not record.',
});
export const nameTemplate = z.string().trim().min(1).max(300).meta({
  description: 'How its videos are named: folders and fields as in GET /api/library/settings.',
});
export const wantedNotices = z.array(noticeKind).max(noticeKinds.length).nullable().meta({
  description:
    'Kinds of notices that are sent about it, to each target that wants them; null for all streamers: every kind.',
});
export const choiceName = z.enum([
  'autoRecord',
  'quality',
  'ads',
  'proxies',
  'patienceSeconds',
  'reruns',
  'stopAfterChangeSeconds',
  'nameTemplate',
  'notices',
]);

export const streamer = z
  .object({
    id: publicId,
    name: z.string(),
    url: z.string(),
    platform,
    autoRecord: z.boolean(),
    quality,
    ads: adChoice,
    proxies: wantedProxies,
    patienceSeconds: patienceSeconds.optional(),
    reruns: z.boolean().optional().meta({ description: 'Whether reruns and premieres are recorded too.' }),
    stopAfterChangeSeconds: stopAfterChangeSeconds.optional(),
    nameTemplate: nameTemplate.optional(),
    notices: wantedNotices.optional(),
    inherited: z
      .array(choiceName)
      .optional()
      .meta({ description: 'What this streamer has from the settings for all (GET /api/settings).' }),
    isLive: z.boolean().nullable().meta({ description: 'null while it is unknown: unknown is not offline.' }),
    title: z.string().nullable(),
    category: z.string().nullable(),
    activeRecordingId: publicId.nullable(),
    createdAt: instant,
  })
  .meta({ id: 'Streamer' });
export type Streamer = z.infer<typeof streamer>;
export const streamerPage = page(streamer);

export const sourceCredentials = z
  .strictObject({
    user: z.string().min(1).max(200).optional(),
    password: z.string().max(200).optional(),
    passphrase: z.string().min(10).max(79).optional(),
  })
  .refine((given) => Object.keys(given).length > 0, 'Give user and password (RTSP) or passphrase (SRT), or send null.')
  .nullable()
  .meta({
    id: 'SourceCredentials',
    description:
      'User and password of a camera (RTSP), passphrase of a sender (SRT). Kept encrypted and never shown again; null removes them. They may also be part of the address and are then taken out of it.',
  });

const name = z.string().trim().min(1).max(200);
/** null, or omitted when a streamer is added: as for all streamers. */
const ownChoices = {
  autoRecord: z.boolean().nullable().optional(),
  quality: quality.nullable().optional(),
  ads: adChoice.nullable().optional(),
  proxies: wantedProxies.optional(),
  patienceSeconds: patienceSeconds.nullable().optional(),
  reruns: z.boolean().nullable().optional(),
  stopAfterChangeSeconds: stopAfterChangeSeconds.nullable().optional(),
  nameTemplate: nameTemplate.nullable().optional(),
  notices: wantedNotices.optional(),
};

export const addStreamerBody = z
  .strictObject({
    name: name.optional(),
    url: z.string().trim().min(1).max(2000),
    ...ownChoices,
    credentials: sourceCredentials.optional(),
  })
  .meta({ id: 'AddStreamer' });
export type AddStreamerBody = z.infer<typeof addStreamerBody>;

export const changeStreamerBody = z
  .strictObject({ name: name.optional(), ...ownChoices, credentials: sourceCredentials.optional() })
  .refine(
    (body) => Object.keys(body).length > 0,
    'Name at least one of name, autoRecord, quality, ads, proxies, credentials, …',
  )
  .meta({ id: 'ChangeStreamer' });
export type ChangeStreamerBody = z.infer<typeof changeStreamerBody>;

export const listStreamersQuery = listQuery;

export const probeSourceBody = z
  .strictObject({
    url: z.string().trim().min(1).max(2000),
    /** Names of ways to it; null or not given: as for all. */
    proxies: z.array(z.string().min(1).max(100)).max(20).nullable().default(null),
  })
  .meta({ id: 'ProbeSource' });
export type ProbeSourceBody = z.infer<typeof probeSourceBody>;

/** What is at an address, before anything is added. */
export const sourceProbe = z
  .object({
    /** As it would be kept. */
    url: z.string(),
    platform: z.string(),
    /** What the streamer would be called. */
    name: z.string(),
    /** Of the streamer that has this address already. */
    streamerId: publicId.nullable(),
    /** `unknown`: it could not be found out, `problem` says why. */
    word: z.enum(['live', 'offline', 'unknown']),
    problem: cause.nullable(),
  })
  .meta({ id: 'SourceProbe' });
export type SourceProbe = z.infer<typeof sourceProbe>;
