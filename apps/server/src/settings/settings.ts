import { isProxyAddress } from '@streamvault/access';
import { contexts } from '@streamvault/contexts';
import { type Role, roles, type Setting } from '@streamvault/kernel';
import { AllowedHosts, ProxyList } from '@streamvault/network';
import { DEFAULT_TWITCH_SETTINGS, type TwitchSettings } from '@streamvault/platforms';
import { resolve } from 'node:path';
import { z } from 'zod';
import { Threshold } from '@streamvault/storage';

const text = z.string().trim().min(1);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const count = (low: number, high: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${low} to ${high}`)
    .transform(Number)
    .pipe(z.number().min(low, `must be at least ${low}`).max(high, `must be at most ${high}`));

const webAddress = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });

const room = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((text, context) => {
      const threshold = Threshold.parse(text);
      if (threshold) return threshold;
      context.addIssue({ code: 'custom', message: 'must be a size like 5GB or 500MiB, a share like 10%, or 0' });
      return z.NEVER;
    });

/**
 * Every setting that belongs to no context, by its name in the environment. Defaults that depend on other settings are
 * filled in below.
 */
const ownSchema = z.object({
  HOST: text.default('127.0.0.1'),
  PORT: count(0, 65_535).default(8000),
  PUBLIC_URL: webAddress.optional(),
  TRUSTED_PROXIES: z
    .string()
    .transform((list) => list.split(',').map((proxy) => proxy.trim()))
    .refine(
      (list) => list.every(isProxyAddress),
      'must be a comma list of addresses, ranges like 10.0.0.0/8, or loopback, linklocal, uniquelocal',
    )
    .default([]),
  ALLOWED_HOSTS: z
    .string()
    .transform((list) => list.split(',').map((host) => host.trim().toLowerCase()))
    .default([]),
  ALLOWED_PRIVATE_HOSTS: z
    .string()
    .transform((list) => list.split(',').map((host) => host.trim()))
    .refine(
      (list) => AllowedHosts.understands(list),
      'must be a comma list of host names, addresses or ranges of them, or *',
    )
    .default([]),
  SOURCE_PROXIES: z
    .string()
    .transform((list, context) => {
      const written = list.split(',').map((route) => route.trim());
      const problem = ProxyList.problemOf(written);
      if (problem === undefined) return new ProxyList(written);
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    })
    .default(new ProxyList([])),
  DATA_DIR: text.default('./data'),
  RECORDINGS_DIR: text.optional(),
  EVENT_STORE_URL: text.optional(),
  DATABASE_URL: text.optional(),
  SECRET_KEY_FILE: text.optional(),
  ROLES: z
    .string()
    .transform((list) => list.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(roles, `must be a comma list of ${roles.join(', ')}`)).min(1))
    .default([...roles]),
  FFMPEG_PATH: text.optional(),
  FFPROBE_PATH: text.optional(),
  STREAMLINK_PATH: text.optional(),
  TWITCH_GQL_URL: webAddress.default(DEFAULT_TWITCH_SETTINGS.gqlUrl),
  TWITCH_USHER_URL: webAddress.default(DEFAULT_TWITCH_SETTINGS.usherUrl),
  TWITCH_WEB_CLIENT_ID: text.default(DEFAULT_TWITCH_SETTINGS.clientId),
  TWITCH_USER_TOKEN: text.regex(/^[\x21-\x7e]+$/, 'must be one word').optional(),
  TWITCH_CODECS: z
    .string()
    .regex(/^(h264|h265|av1)(,(h264|h265|av1))*$/, 'must be a comma list of h264, h265, av1')
    .default(DEFAULT_TWITCH_SETTINGS.codecs),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['pretty', 'json']).optional(),
  DIRECT_WRITES: flag.default(true),
  KEEP_PARTS: flag.default(false),
  PARTS_GRACE_SECONDS: count(0, 30 * 24 * 3600).default(600),
  FIRST_BYTES_SECONDS: count(1, 3600).default(60),
  PATIENCE_SECONDS: count(1, 24 * 3600).default(180),
  DISK_WARN: room('10GB'),
  DISK_REFUSE: room('2GB'),
  DISK_STOP: room('500MB'),
  TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'must be the IANA name of a time zone, such as Europe/Berlin')
    .default(() => new Intl.DateTimeFormat().resolvedOptions().timeZone),
});

const toField = ([name, { schema }]: [string, Setting]) => [name, schema] as const;

/** The server's own settings and those of all contexts. */
export const settingsSchema = ownSchema.extend(
  Object.fromEntries(contexts.settings.flatMap(({ shape }) => Object.entries(shape)).map(toField)),
);

/** As the environment names them. */
export const settingNames: readonly string[] = Object.keys(settingsSchema.shape);

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  /** Proxies whose `X-Forwarded-*` count. */
  readonly trustedProxies: readonly string[];
  readonly allowedHosts: readonly string[];
  readonly allowedPrivateHosts: readonly string[];
  readonly sourceProxies: ProxyList;
  readonly dataDirectory: string;
  readonly recordingsDirectory: string;
  readonly eventStoreUrl: string;
  readonly databaseUrl: string;
  readonly secretKeyFile: string;
  readonly roles: ReadonlySet<Role>;
  readonly ffmpegPath: string | undefined;
  readonly ffprobePath: string | undefined;
  readonly streamlinkPath: string | undefined;
  readonly twitch: Partial<TwitchSettings>;
  readonly logLevel: string;
  readonly logFormat: 'pretty' | 'json';
  /** Parts are written past the system's cache, if the file system supports that. */
  readonly directWrites: boolean;
  readonly keepParts: boolean;
  readonly partsGraceSeconds: number;
  readonly firstBytesSeconds: number;
  readonly patienceSeconds: number;
  readonly diskThresholds: { readonly warn: Threshold; readonly refuse: Threshold; readonly stop: Threshold };
  /** IANA name. */
  readonly timeZone: string;
  /** The values of each context's settings, by the token of their definition. */
  readonly contexts: ReadonlyMap<symbol, object>;
}

/** Names the variable and what it must be, never the value: it may be secret. */
export class InvalidSettings extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`Invalid settings: ${problems.join('; ')}.`);
    this.name = new.target.name;
  }
}

/** @throws InvalidSettings */
export function parseSettings(
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): Settings {
  // An empty variable means "not set", as in compose files.
  const given = Object.fromEntries(
    settingNames.flatMap((name) => {
      const value = environment[name];
      return value === undefined || value.trim() === '' ? [] : [[name, value]];
    }),
  );
  const parsed = settingsSchema.safeParse(given, { reportInput: false });
  if (!parsed.success)
    throw new InvalidSettings(parsed.error.issues.map(({ path, message }) => `${String(path[0])}: ${message}`));
  const values = ownSchema.parse(given);
  const { DISK_WARN: warn, DISK_REFUSE: refuse, DISK_STOP: stop } = values;
  if (refuse.exceeds(warn)) throw new InvalidSettings(['DISK_REFUSE: must not be more than DISK_WARN']);
  if (stop.exceeds(refuse)) throw new InvalidSettings(['DISK_STOP: must not be more than DISK_REFUSE']);
  const dataDirectory = resolve(values.DATA_DIR);
  return {
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL,
    trustedProxies: values.TRUSTED_PROXIES,
    allowedHosts: values.ALLOWED_HOSTS,
    allowedPrivateHosts: values.ALLOWED_PRIVATE_HOSTS,
    sourceProxies: values.SOURCE_PROXIES,
    dataDirectory,
    recordingsDirectory: resolve(values.RECORDINGS_DIR ?? resolve(dataDirectory, 'recordings')),
    eventStoreUrl: values.EVENT_STORE_URL ?? `sqlite:${resolve(dataDirectory, 'events.db')}`,
    databaseUrl: values.DATABASE_URL ?? `sqlite:${resolve(dataDirectory, 'read-models.db')}`,
    secretKeyFile: resolve(values.SECRET_KEY_FILE ?? resolve(dataDirectory, 'secret.key')),
    roles: new Set(values.ROLES),
    ffmpegPath: values.FFMPEG_PATH,
    ffprobePath: values.FFPROBE_PATH,
    streamlinkPath: values.STREAMLINK_PATH,
    twitch: {
      gqlUrl: values.TWITCH_GQL_URL,
      usherUrl: values.TWITCH_USHER_URL,
      clientId: values.TWITCH_WEB_CLIENT_ID,
      userToken: values.TWITCH_USER_TOKEN,
      codecs: values.TWITCH_CODECS,
    },
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT ?? (isTerminal ? 'pretty' : 'json'),
    directWrites: values.DIRECT_WRITES,
    keepParts: values.KEEP_PARTS,
    partsGraceSeconds: values.PARTS_GRACE_SECONDS,
    firstBytesSeconds: values.FIRST_BYTES_SECONDS,
    patienceSeconds: values.PATIENCE_SECONDS,
    diskThresholds: { warn, refuse, stop },
    timeZone: values.TIME_ZONE,
    contexts: new Map(
      contexts.settings.map(({ shape, token }) => [
        token,
        Object.fromEntries(Object.keys(shape).map((name) => [name, (parsed.data as Record<string, unknown>)[name]])),
      ]),
    ),
  };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    // RangeError: there is no such time zone.
    return false;
  }
}
