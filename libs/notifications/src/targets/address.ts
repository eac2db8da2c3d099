import type { CredentialName, TargetSettings } from '@streamvault/api-contract';
import { InvalidTarget } from '../domain/target-errors.js';
import type { Credentials } from './outgoing.js';
import { signingKey } from './webhook.js';
import { readSubscription } from './webpush.js';

interface Taken {
  readonly needed: readonly CredentialName[];
  readonly optional: readonly CredentialName[];
}

/** Which secrets each kind takes. An address that is enough to send is itself a secret. */
export const credentialsOf: Readonly<Record<TargetSettings['kind'], Taken>> = {
  webhook: { needed: ['url'], optional: ['secret'] },
  discord: { needed: ['url'], optional: [] },
  ntfy: { needed: [], optional: ['token'] },
  telegram: { needed: ['token'], optional: [] },
  gotify: { needed: ['token'], optional: [] },
  apprise: { needed: ['url'], optional: [] },
  email: { needed: [], optional: ['password'] },
  webpush: { needed: ['subscription'], optional: [] },
};

/**
 * Checks the names and forms of new credentials.
 * @throws InvalidTarget, never with the value
 */
export function requireCredentials(kind: TargetSettings['kind'], given: Credentials): void {
  const { needed, optional } = credentialsOf[kind];
  for (const name of Object.keys(given) as CredentialName[])
    if (!needed.includes(name) && !optional.includes(name))
      throw new InvalidTarget(
        `A target of the kind ${kind} has no ${name}. It takes: ${[...needed, ...optional].join(', ')}.`,
      );
  const { url, secret, subscription, token } = given;
  if (url !== undefined) requireAddress(url, 'url');
  if (
    url !== undefined &&
    kind === 'discord' &&
    !/\/api\/(v\d+\/)?webhooks\/\d+\/[\w-]+\/?$/.test(new URL(url).pathname)
  )
    throw new InvalidTarget('That is not the address of a Discord webhook: it ends in /api/webhooks/<number>/<token>.');
  if (secret !== undefined) signingKey(secret);
  if (subscription !== undefined) readSubscription(subscription);
  if (token !== undefined && !/^[!-~]+$/.test(token))
    throw new InvalidTarget('The token holds blanks or other characters that no token has.');
  if (token !== undefined && kind === 'telegram' && !/^\d+:[\w-]+$/.test(token))
    throw new InvalidTarget('That is not the token of a Telegram bot: it is a number, a colon, and letters.');
}

/** @throws InvalidTarget */
export function requireNeeded(kind: TargetSettings['kind'], names: ReadonlySet<string>): void {
  const missing = credentialsOf[kind].needed.filter((name) => !names.has(name));
  if (missing.length > 0)
    throw new InvalidTarget(`A target of the kind ${kind} needs the credentials: ${missing.join(', ')}.`);
}

/**
 * Scheme, host and port that the target is sent to.
 * @throws InvalidTarget where a plain address is not valid
 */
export function originOf(settings: TargetSettings, { url, subscription }: Credentials): string | undefined {
  switch (settings.kind) {
    case 'webhook':
    case 'discord':
    case 'apprise':
      return url === undefined ? undefined : requireAddress(url, 'url').origin;
    case 'ntfy':
    case 'telegram':
    case 'gotify': {
      const address = requireAddress(settings.server, 'server');
      if (address.search !== '') throw new InvalidTarget('The address of a server has no query.');
      return address.origin;
    }
    case 'email':
      return `smtp://${settings.host}:${settings.port}`;
    case 'webpush':
      return subscription === undefined ? undefined : new URL(readSubscription(subscription).endpoint).origin;
    default:
      return settings satisfies never;
  }
}

function requireAddress(written: string, name: string): URL {
  const url = URL.parse(written);
  if (!url || !/^https?:$/.test(url.protocol)) throw new InvalidTarget(`The ${name} must be an http or https address.`);
  if (url.username !== '' || url.password !== '')
    throw new InvalidTarget(`The ${name} must hold no user and no password.`);
  return url;
}
