import type { SecretVault } from '@streamvault/secrets';
import { z } from 'zod';
import type { TokenSource } from './app-token.js';
import { TwitchFailure } from './twitch-errors.js';
import type { TwitchHttp } from './twitch-http.js';
import type { TwitchCredentials } from './twitch-settings.js';

const field = 'twitch.user-token';
export const followsScope = 'user:read:follows';

const granted = z.object({ access_token: z.string().min(1), refresh_token: z.string().min(1), expires_in: z.number() });
const device = z.object({
  device_code: z.string().min(1),
  user_code: z.string().min(1),
  verification_uri: z.string().min(1),
  expires_in: z.number(),
  interval: z.number().catch(5),
});
const complaint = z.object({ message: z.string().catch('') });
const validated = z.object({
  login: z.string().catch(''),
  user_id: z.string().catch(''),
  scopes: z.array(z.string()).nullish().catch([]),
  expires_in: z.number().catch(0),
});
const stored = z.object({ access: z.string(), refresh: z.string(), expiresAt: z.number() });
type Pair = z.infer<typeof stored>;

export interface DeviceSignIn {
  readonly userCode: string;
  readonly verificationUri: string;
  readonly expiresAt: string;
}

export interface SignedInUser {
  readonly login: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string;
}

type Parts = {
  readonly credentials: TwitchCredentials;
  readonly idUrl: string;
  readonly http: TwitchHttp;
  readonly vault: Pick<SecretVault, 'get' | 'set' | 'erase'>;
};

/**
 * A person's token, by device code: no redirect, only a code to type at Twitch. The refresh token may be valid for one
 * use only, so the new pair is stored before it is used, and only one refresh runs at a time.
 */
export class UserToken implements TokenSource {
  readonly #parts: Parts;
  #pair: Pair | undefined;
  #refreshing: Promise<Pair> | undefined;
  #device: (DeviceSignIn & { readonly code: string; readonly intervalMs: number; askedAt: number }) | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The sign-in that waits for a person, if any. */
  get waiting(): DeviceSignIn | undefined {
    if (!this.#device || Date.parse(this.#device.expiresAt) < Date.now()) return undefined;
    const { userCode, verificationUri, expiresAt } = this.#device;
    return { userCode, verificationUri, expiresAt };
  }

  /** @throws TwitchFailure */
  async begin(signal: AbortSignal): Promise<DeviceSignIn> {
    const { clientId } = this.#parts.credentials;
    const answer = await this.#post('/device', { client_id: clientId, scopes: followsScope }, signal);
    const begun = device.safeParse(answer.body);
    if (answer.status !== 200 || !begun.success)
      throw new TwitchFailure(
        'refused',
        `Twitch does not start a sign-in (HTTP ${answer.status}). Check TWITCH_CLIENT_ID.`,
        answer.status,
      );
    const {
      device_code: code,
      user_code: userCode,
      verification_uri: verificationUri,
      expires_in: seconds,
    } = begun.data;
    const expiresAt = new Date(Date.now() + seconds * 1000).toISOString();
    this.#device = { code, userCode, verificationUri, expiresAt, intervalMs: begun.data.interval * 1000, askedAt: 0 };
    return { userCode, verificationUri, expiresAt };
  }

  /**
   * Whether the person has done it. Asks no faster than Twitch allows.
   * @throws TwitchFailure if it can no longer succeed
   */
  async complete(signal: AbortSignal): Promise<'waiting' | 'signed-in' | 'none'> {
    const waiting = this.#device;
    if (!waiting) return 'none';
    if (Date.now() - waiting.askedAt < waiting.intervalMs) return 'waiting';
    waiting.askedAt = Date.now();
    const { clientId } = this.#parts.credentials;
    const form = {
      client_id: clientId,
      scopes: followsScope,
      device_code: waiting.code,
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    };
    const { status, body } = await this.#post('/token', form, signal);
    const answer = granted.safeParse(body);
    if (status === 200 && answer.success) {
      this.#device = undefined;
      await this.#keep(answer.data);
      return 'signed-in';
    }
    if (status === 400 && /authorization_pending|slow_down/i.test(wordsOf(body))) return 'waiting';
    this.#device = undefined;
    throw new TwitchFailure('refused', `The sign-in failed (HTTP ${status}). Start it again.`, status);
  }

  async get(signal: AbortSignal): Promise<string> {
    const pair = await this.#load();
    if (pair.access !== '' && pair.expiresAt - 60_000 > Date.now()) return pair.access;
    this.#refreshing ??= this.#refresh(pair, signal).finally(() => (this.#refreshing = undefined));
    return (await this.#refreshing).access;
  }

  refused(token: string): void {
    if (this.#pair?.access === token) this.#pair = { ...this.#pair, access: '', expiresAt: 0 };
  }

  /**
   * Twitch requires it every hour. Undefined if nobody is signed in (any more).
   * @throws TwitchFailure `away`
   */
  async validate(signal: AbortSignal): Promise<SignedInUser | undefined> {
    try {
      for (let attempt = 0; attempt < 2; attempt++) {
        const token = await this.get(signal);
        const headers = { Authorization: `OAuth ${token}` };
        const { status, body } = await this.#parts.http.send(`${this.#parts.idUrl}/validate`, { headers, signal });
        if (status === 401) {
          this.refused(token);
          continue;
        }
        const answer = validated.safeParse(body);
        if (status !== 200 || !answer.success)
          throw new TwitchFailure('away', `Twitch does not validate tokens now (HTTP ${status}).`, status);
        const { login, user_id: userId, scopes, expires_in: seconds } = answer.data;
        return { login, userId, scopes: scopes ?? [], expiresAt: new Date(Date.now() + seconds * 1000).toISOString() };
      }
      await this.signOut();
      return undefined;
    } catch (error) {
      if (error instanceof TwitchFailure && error.problem === 'signed-out') return undefined;
      throw error;
    }
  }

  async signOut(): Promise<void> {
    this.#pair = undefined;
    this.#device = undefined;
    await this.#parts.vault.erase(field);
  }

  async #refresh({ refresh }: Pair, signal: AbortSignal): Promise<Pair> {
    const { clientId, clientSecret } = this.#parts.credentials;
    const form = {
      grant_type: 'refresh_token',
      client_id: clientId,
      client_secret: clientSecret,
      refresh_token: refresh,
    };
    const { status, body } = await this.#post('/token', form, signal);
    const answer = granted.safeParse(body);
    if (status === 200 && answer.success) return this.#keep(answer.data);
    if (status >= 500 || status === 429)
      throw new TwitchFailure('away', `Twitch does not renew tokens now (HTTP ${status}).`, status);
    await this.signOut();
    throw new TwitchFailure('signed-out', 'Twitch has ended this sign-in. Sign in again.', status);
  }

  /** Stored before it is used: after a crash in between, the old one may be useless. */
  async #keep({
    access_token: access,
    refresh_token: refresh,
    expires_in: seconds,
  }: z.infer<typeof granted>): Promise<Pair> {
    const pair = { access, refresh, expiresAt: Date.now() + seconds * 1000 };
    await this.#parts.vault.set(field, JSON.stringify(pair));
    this.#pair = pair;
    return pair;
  }

  async #load(): Promise<Pair> {
    if (this.#pair) return this.#pair;
    const text = await this.#parts.vault.get(field);
    const pair = text === undefined ? undefined : stored.safeParse(JSON.parse(text)).data;
    if (!pair) throw new TwitchFailure('signed-out', 'Nobody is signed in at Twitch. Sign in first.');
    this.#pair = pair;
    return pair;
  }

  #post(path: string, form: Readonly<Record<string, string>>, signal: AbortSignal) {
    return this.#parts.http.send(`${this.#parts.idUrl}${path}`, { method: 'POST', form, signal });
  }
}

const wordsOf = (body: unknown): string => complaint.safeParse(body).data?.message ?? '';
