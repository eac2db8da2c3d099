import { isProxyAddress } from '@streamvault/access';
import { contexts } from '@streamvault/contexts';
import {
  flag,
  type Role,
  roles,
  type Setting,
  type SettingsDefinition,
  type SettingsOf,
  type SettingsShape,
  text,
  webAddress,
  wholeNumber,
} from '@streamvault/kernel';
import { AllowedHosts } from '@streamvault/network';
import { resolve } from 'node:path';
import { z } from 'zod';

/**
 * Every setting that belongs to no context, by its name in the environment. Defaults that depend on other settings are
 * filled in below.
 */
const ownSchema = z.object({
  HOST: text.default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8000),
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
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['pretty', 'json']).optional(),
  DIRECT_WRITES: flag.default(true),
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
  readonly dataDirectory: string;
  readonly recordingsDirectory: string;
  readonly eventStoreUrl: string;
  readonly databaseUrl: string;
  readonly secretKeyFile: string;
  readonly roles: ReadonlySet<Role>;
  readonly ffmpegPath: string | undefined;
  readonly ffprobePath: string | undefined;
  readonly logLevel: string;
  readonly logFormat: 'pretty' | 'json';
  /** Parts are written past the system's cache, if the file system supports that. */
  readonly directWrites: boolean;
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
  const dataDirectory = resolve(values.DATA_DIR);
  return {
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL,
    trustedProxies: values.TRUSTED_PROXIES,
    allowedHosts: values.ALLOWED_HOSTS,
    allowedPrivateHosts: values.ALLOWED_PRIVATE_HOSTS,
    dataDirectory,
    recordingsDirectory: resolve(values.RECORDINGS_DIR ?? resolve(dataDirectory, 'recordings')),
    eventStoreUrl: values.EVENT_STORE_URL ?? `sqlite:${resolve(dataDirectory, 'events.db')}`,
    databaseUrl: values.DATABASE_URL ?? `sqlite:${resolve(dataDirectory, 'read-models.db')}`,
    secretKeyFile: resolve(values.SECRET_KEY_FILE ?? resolve(dataDirectory, 'secret.key')),
    roles: new Set(values.ROLES),
    ffmpegPath: values.FFMPEG_PATH,
    ffprobePath: values.FFPROBE_PATH,
    logLevel: values.LOG_LEVEL,
    logFormat: values.LOG_FORMAT ?? (isTerminal ? 'pretty' : 'json'),
    directWrites: values.DIRECT_WRITES,
    timeZone: values.TIME_ZONE,
    contexts: contextValues(parsed.data),
  };
}

/** @throws InvalidSettings */
function contextValues(all: Readonly<Record<string, unknown>>): ReadonlyMap<symbol, object> {
  return new Map(
    contexts.settings.map((definition) => {
      const values = Object.fromEntries(Object.keys(definition.shape).map((name) => [name, all[name]]));
      const found = definition.problem?.(values);
      if (found !== undefined) throw new InvalidSettings([found]);
      return [definition.token, values];
    }),
  );
}

/** The settings of one context. */
export const settingsOf = <Shape extends SettingsShape>(
  { contexts: values }: Pick<Settings, 'contexts'>,
  definition: SettingsDefinition<Shape>,
) => values.get(definition.token) as SettingsOf<SettingsDefinition<Shape>>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    // RangeError: there is no such time zone.
    return false;
  }
}
