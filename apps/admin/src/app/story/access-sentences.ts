import type { LoggedEvent } from '@streamvault/api-contract';
import type { Tone } from '../ui/states';

type Data = LoggedEvent['data'];
interface Sentence {
  readonly text: string;
  readonly tone: Tone;
}

const text = (data: Data, name: string): string | undefined => {
  const value = data[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};
const count = (data: Data, name: string): number => {
  const value = data[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
};
const user = (data: Data): string => `User ${count(data, 'userId') || 'unknown'}`;
const named = (data: Data): string => (text(data, 'name') === undefined ? '' : ` “${text(data, 'name')}”`);
const times = (number: number, one: string): string => (number === 1 ? `1 ${one}` : `${number} ${one}s`);

const ways: Readonly<Record<string, string>> = {
  password: 'with a password',
  passkey: 'with a passkey',
  'identity-provider': 'by the identity provider',
  proxy: 'by the proxy',
  'set-up': 'while setting up',
};
const reasons: Readonly<Record<string, string>> = {
  asked: 'by request',
  password: 'because the password changed',
  disabled: 'because the account was closed',
};
const info = (words: string): Sentence => ({ text: words, tone: 'info' });

/** Accounts, sign-ins, keys and links in plain words. */
export const accessSentences: Readonly<Record<string, (data: Data) => Sentence>> = {
  SignedIn: (data) => {
    const way = ways[text(data, 'method') ?? ''];
    const agent = text(data, 'agent');
    return info(`${user(data)} signed in${way ? ` ${way}` : ''}${agent ? `, ${agent}` : ''}.`);
  },
  SignedOut: (data) => info(`${user(data)} signed out.`),
  SessionsRevoked: (data) => {
    const ended = Array.isArray(data['sessionIds']) ? data['sessionIds'].length : 0;
    const why = reasons[text(data, 'reason') ?? ''];
    return info(`${times(ended, 'session')} of user ${count(data, 'userId')} ended${why ? ` ${why}` : ''}.`);
  },
  SignInsFailed: (data) => ({
    text: `${times(count(data, 'count'), 'sign-in')} failed, from ${times(count(data, 'networks'), 'network')}.`,
    tone: 'warn',
  }),
  AddressesErased: (data) => {
    const erased = count(data, 'count') === 1 ? '1 address' : `${count(data, 'count')} addresses`;
    return info(`${erased} from which user ${count(data, 'userId')} signed in: erased.`);
  },
  PasskeyAdded: (data) => info(`${user(data)} added the passkey${named(data)}.`),
  PasskeyRemoved: (data) => info(`A passkey of user ${count(data, 'userId')} was removed.`),
  PasskeyRefused: (data) => ({
    text: `A passkey of user ${count(data, 'userId')} was refused: its counter went back, so there may be a copy of it.`,
    tone: 'bad',
  }),
  UserCreated: (data) => info(`The account${named(data)} was created as ${text(data, 'role') ?? 'a user'}.`),
  UserRenamed: (data) => info(`${user(data)} is called${named(data)} from then on.`),
  UserRoleChanged: (data) => info(`${user(data)} became ${text(data, 'role') ?? 'another role'}.`),
  UserPasswordChanged: (data) => info(`The password of user ${count(data, 'userId')} changed.`),
  UserDisabled: (data) => ({ text: `${user(data)} was disabled.`, tone: 'warn' }),
  UserEnabled: (data) => info(`${user(data)} was enabled again.`),
  UserRemoved: (data) => ({ text: `${user(data)} was removed.`, tone: 'warn' }),
  UserVisibilityChanged: (data) => {
    const seen = data['streamerIds'];
    return info(`${user(data)} sees ${Array.isArray(seen) ? times(seen.length, 'streamer') : 'all streamers'}.`);
  },
  UserIdentityLinked: (data) => info(`${user(data)} was connected with the identity provider.`),
  ApiKeyCreated: (data) => info(`The API key${named(data)} was created.`),
  ApiKeyRevoked: () => info('An API key was revoked.'),
  ShareCreated: (data) =>
    info(
      `A link to ${text(data, 'kind') ?? 'something'} ${count(data, 'itemId')} was created${named(data) && `,${named(data)}`}.`,
    ),
  ShareRevoked: () => info('A share link was revoked.'),
  ShareOpened: () => ({ text: 'A share link was opened.', tone: 'quiet' }),
};
