import { Inject, Injectable } from '@nestjs/common';
import { nobody, type Principal, type SharedItem } from '@streamvault/http-kit';
import { INSTALLATION, type Installation } from '@streamvault/kernel';
import type { FastifyRequest } from 'fastify';
import { accessSettings, type AccessSettings } from '../access-settings.js';
import { AccountDirectory, KeyRing } from '../accounts.js';
import { type Account, findByName } from '../domain/account-decider.js';
import { readKey } from '../domain/key-text.js';
import { allows } from '../domain/roles.js';
import { LinkSigner, readSignature, type Signature, type SignedBy, writeSignature } from '../records/link-signer.js';
import { SecretsOfKeys } from '../records/secrets-of-keys.js';
import { Sessions } from '../records/sessions.js';
import { ShareBook } from '../share-book.js';
import { LinkOver, NotShared, NotSignedIn } from './refusals.js';
import { proxyUserOf } from './proxy-user.js';
import { sessionTokenOf } from './session-cookie.js';

/** Whether permissions and visible streamers are unchanged: a feed that began with others ends, and starts again. */
const isSame = (now: Account | undefined, before: Account): boolean =>
  now?.role === before.role && JSON.stringify(now.streamerIds) === JSON.stringify(before.streamerIds);

/** Users who may change something see everything. */
const seenBy = ({ role, streamerIds }: Account): readonly number[] | null => (role === 'viewer' ? streamerIds : null);

/** The permissions of a signed media address, by a share or by a user. */
const watching: readonly string[] = ['videos.watch', 'recordings.view'];
const saving = 'videos.download';

/** The one place that turns a request's credentials into a principal with permissions. */
@Injectable()
export class PrincipalResolver {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly keys: KeyRing,
    private readonly sessions: Sessions,
    private readonly secrets: SecretsOfKeys,
    private readonly signer: LinkSigner,
    private readonly shares: ShareBook,
    @Inject(accessSettings.token) private readonly settings: AccessSettings,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  /**
   * An invalid cookie means no sign-in, because the browser sends it automatically.
   * @param item what the path names, if links may open it
   * @throws NotSignedIn for an invalid key, because keys are sent on purpose
   * @throws NotShared, LinkOver for an address that was not signed for this item, or has expired
   */
  async resolve(request: FastifyRequest, item: SharedItem | undefined): Promise<Principal> {
    const key = keyOf(request);
    if (key !== undefined) {
      const principal = await this.#byKey(key);
      if (!principal) throw new NotSignedIn('That API key is not known, has expired or was revoked. Make another one.');
      return principal;
    }
    const signature = readSignature(request.query);
    if (signature !== undefined) return this.#bySignature(signature, item);
    const named = proxyUserOf(request, this.settings.PROXY_USER_HEADER, this.installation.trustedProxies);
    if (named !== undefined) return (await this.#byProxy(named)) ?? nobody;
    const token = sessionTokenOf(request);
    return (token === undefined ? undefined : await this.#bySession(token)) ?? nobody;
  }

  async #bySession(token: string): Promise<Principal | undefined> {
    const session = await this.sessions.find(token);
    const account = session && (await this.#account(session.user_id));
    if (!account) return undefined;
    return {
      ...nobody,
      kind: 'session',
      actor: `user:${account.id}`,
      userId: account.id,
      streamerIds: seenBy(account),
      sessionId: session.id,
      can: (permission) => allows(account.role, permission),
      stillValid: async () => {
        const now = await this.sessions.find(token);
        return now?.id === session.id && isSame(await this.#account(account.id), account);
      },
    };
  }

  /** The proxy has authenticated the user; the account must exist, because a header creates none. */
  async #byProxy(name: string): Promise<Principal | undefined> {
    const account = findByName(await this.accounts.current(), name);
    if (!account || account.disabled) return undefined;
    return {
      ...nobody,
      // Like a cookie, a browser sends it automatically.
      kind: 'session',
      actor: `user:${account.id}`,
      userId: account.id,
      streamerIds: seenBy(account),
      can: (permission) => allows(account.role, permission),
      stillValid: async () => isSame(await this.#account(account.id), account),
    };
  }

  async #byKey(text: string): Promise<Principal | undefined> {
    const read = readKey(text);
    const key = read && (await this.keys.current()).byId[read.id];
    if (!key || !(await this.secrets.matches('key', key.id, read.secret))) return undefined;
    const isOver = key.expiresAt !== null && Date.parse(key.expiresAt) <= Date.now();
    const account = isOver ? undefined : await this.#account(key.userId);
    if (!account) return undefined;
    return {
      ...nobody,
      kind: 'key',
      actor: `key:${key.id}`,
      userId: account.id,
      streamerIds: seenBy(account),
      // A key loses the permissions that its owner loses.
      can: (permission) => key.scopes.includes(permission) && allows(account.role, permission),
      stillValid: async () => (await this.#byKey(text)) !== undefined,
    };
  }

  /** @throws NotShared, LinkOver */
  async #bySignature(signature: Signature | 'malformed', item: SharedItem | undefined): Promise<Principal> {
    if (signature === 'malformed' || !item || !(await this.signer.isOurs(item, signature))) throw new NotShared();
    const { by, expires } = signature;
    const principal = Date.now() >= expires * 1000 ? undefined : await this.#behalfOf(by);
    if (!principal) throw new LinkOver();
    return {
      ...principal,
      kind: 'link',
      items: [item],
      signature: writeSignature(signature),
      stillValid: async () => Date.now() < expires * 1000 && (await this.#behalfOf(by)) !== undefined,
    };
  }

  async #behalfOf({ kind, id }: SignedBy): Promise<Principal | undefined> {
    if (kind === 'share') {
      const share = await this.shares.byId(id);
      if (!share) return undefined;
      const { download } = share;
      return {
        ...nobody,
        actor: `share:${id}`,
        can: (permission) => watching.includes(permission) || (download && permission === saving),
      };
    }
    const session = await this.sessions.byId(id);
    const account = session && (await this.#account(session.user_id));
    if (!account) return undefined;
    return {
      ...nobody,
      actor: `user:${account.id}`,
      streamerIds: seenBy(account),
      can: (permission) => [...watching, saving].includes(permission) && allows(account.role, permission),
    };
  }

  async #account(userId: number): Promise<Account | undefined> {
    const { all } = await this.accounts.current();
    return all.find(({ id, disabled }) => id === userId && !disabled);
  }
}

/**
 * `Authorization: Bearer` or `X-Api-Key`; never in an address, which ends up in logs and histories. Another scheme is not
 * for us: a proxy in front may ask for a password, and players repeat the one of a share link with each request.
 */
function keyOf({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer(?: +(.*))?$/i.exec(headers.authorization ?? '');
  if (bearer) return bearer[1] ?? '';
  const key = headers['x-api-key'];
  return Array.isArray(key) ? key[0] : key;
}
