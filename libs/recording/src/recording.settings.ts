import { defaultWorkLimit } from '@streamvault/jobs';
import { defineSettings, flag, type SettingsOf, text, webAddress, wholeNumber } from '@streamvault/kernel';
import { ProxyList } from '@streamvault/network';
import { DEFAULT_TWITCH_SETTINGS, type TwitchSettings } from '@streamvault/platforms';
import { type DiskThresholds, Threshold } from '@streamvault/storage';
import { z } from 'zod';

const room = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((written, context) => {
      const threshold = Threshold.parse(written);
      if (threshold) return threshold;
      context.addIssue({ code: 'custom', message: 'must be a size like 5GB or 500MiB, a share like 10%, or 0' });
      return z.NEVER;
    });

const proxies = z
  .string()
  .transform((list, context) => {
    const written = list.split(',').map((route) => route.trim());
    const problem = ProxyList.problemOf(written);
    if (problem === undefined) return new ProxyList(written);
    context.addIssue({ code: 'custom', message: problem });
    return z.NEVER;
  })
  .default(new ProxyList([]));

export const recordingSettings = defineSettings(
  'recording',
  {
    SOURCE_PROXIES: {
      schema: proxies,
      meaning: 'ways to sources in order of preference: comma list of proxies (`name=…`), and `direct`',
      shownDefault: 'none',
    },
    STREAMLINK_PATH: {
      schema: text.optional(),
      meaning: 'streamlink 8 or newer, for pages of sites that it knows',
      shownDefault: 'looked up',
    },
    TWITCH_USER_TOKEN: {
      schema: text.regex(/^[\x21-\x7e]+$/, 'must be one word').optional(),
      meaning: 'token of a Twitch user: fewer advertisements, and what he has subscribed to. A secret',
      shownDefault: 'none',
      secret: true,
    },
    TWITCH_CODECS: {
      schema: z
        .string()
        .regex(/^(h264|h265|av1)(,(h264|h265|av1))*$/, 'must be a comma list of h264, h265, av1')
        .default(DEFAULT_TWITCH_SETTINGS.codecs),
      meaning: 'comma list of `h264`, `h265`, `av1`: what Twitch may send. H.264 alone plays anywhere',
      shownDefault: `\`${DEFAULT_TWITCH_SETTINGS.codecs}\``,
    },
    TWITCH_WEB_CLIENT_ID: {
      schema: text.default(DEFAULT_TWITCH_SETTINGS.clientId),
      meaning: 'what Twitch’s own web player calls itself',
      shownDefault: `\`${DEFAULT_TWITCH_SETTINGS.clientId}\``,
    },
    TWITCH_GQL_URL: {
      schema: webAddress.default(DEFAULT_TWITCH_SETTINGS.gqlUrl),
      meaning: 'where the token to a broadcast comes from',
      shownDefault: `\`${DEFAULT_TWITCH_SETTINGS.gqlUrl}\``,
    },
    TWITCH_USHER_URL: {
      schema: webAddress.default(DEFAULT_TWITCH_SETTINGS.usherUrl),
      meaning: 'where its playlist comes from',
      shownDefault: `\`${DEFAULT_TWITCH_SETTINGS.usherUrl}\``,
    },
    KEEP_PARTS: {
      schema: flag.default(false),
      meaning: '`true`: keep the raw parts of a recording after its MP4 is finished',
      shownDefault: '`false`',
    },
    PARTS_GRACE_SECONDS: {
      schema: wholeNumber(0, 30 * 24 * 3600).default(600),
      meaning: 'how long the raw parts stay after completion, for those who are watching from them',
      shownDefault: '`600`',
    },
    WORK_LIMIT: {
      schema: z.coerce
        .number('must be a whole number from 1 to 64')
        .int('must be a whole number from 1 to 64')
        .min(1, 'must be a whole number from 1 to 64')
        .max(64, 'must be a whole number from 1 to 64')
        .default(() => defaultWorkLimit()),
      meaning: 'how many recordings may be finished and post-processed at once; each takes up to a core',
      shownDefault: 'half of the cores',
    },
    FIRST_BYTES_SECONDS: {
      schema: wholeNumber(1, 3600).default(60),
      meaning: 'how long a source may take to give its first media before the recording fails',
      shownDefault: '`60`',
    },
    PATIENCE_SECONDS: {
      schema: wholeNumber(1, 24 * 3600).default(180),
      meaning: 'how long a source may be silent before the recording ends with what it has',
      shownDefault: '`180`',
    },
    DISK_WARN: {
      schema: room('10GB'),
      meaning: 'warn in `/health` below that much free room: `5GB`, `500MiB`, `10%`, or `0` for never',
      shownDefault: '`10GB`',
    },
    DISK_REFUSE: { schema: room('2GB'), meaning: 'begin no recording below that', shownDefault: '`2GB`' },
    DISK_STOP: {
      schema: room('500MB'),
      meaning: 'stop running recordings below that, the one begun last first, until there is more',
      shownDefault: '`500MB`',
    },
  },
  ({ DISK_REFUSE: refuse, DISK_STOP: stop, DISK_WARN: warn }) => {
    if (refuse.exceeds(warn)) return 'DISK_REFUSE: must not be more than DISK_WARN';
    return stop.exceeds(refuse) ? 'DISK_STOP: must not be more than DISK_REFUSE' : undefined;
  },
);

export type RecordingSettings = SettingsOf<typeof recordingSettings>;

export const diskThresholdsOf = ({ DISK_REFUSE, DISK_STOP, DISK_WARN }: RecordingSettings): DiskThresholds => ({
  warn: DISK_WARN,
  refuse: DISK_REFUSE,
  stop: DISK_STOP,
});

export const twitchSettingsOf = (
  settings: Pick<RecordingSettings, `TWITCH_${'CODECS' | 'GQL_URL' | 'USER_TOKEN' | 'USHER_URL' | 'WEB_CLIENT_ID'}`>,
): Partial<TwitchSettings> => ({
  gqlUrl: settings.TWITCH_GQL_URL,
  usherUrl: settings.TWITCH_USHER_URL,
  clientId: settings.TWITCH_WEB_CLIENT_ID,
  userToken: settings.TWITCH_USER_TOKEN,
  codecs: settings.TWITCH_CODECS,
});
