import { Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { CreatedApiKey, Role, User } from '@streamvault/api-contract';
import { AccountsApi } from '../../access/accounts-api';
import { Session } from '../../access/session';
import { ShareLinks } from '../../shares/share-list';
import { SharesApi } from '../../shares/shares-api';
import { ConsoleApi } from '../../api/console-api';
import { Ask } from '../../commands/ask';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';
import { liveQuery, isOfCategory } from '../../feed/live-query';
import { Clock } from '../../ui/clock';
import { formatWhenWithin } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { TroublePanel } from '../../ui/trouble-panel';
import { MyAccount } from './my-account';

const roles: readonly { readonly role: Role; readonly label: string }[] = [
  { role: 'viewer', label: 'Viewer: watches' },
  { role: 'operator', label: 'Operator: records, edits, bins' },
  { role: 'administrator', label: 'Administrator: everything' },
];

/** Accounts and their roles, and API keys. What the user may not see is left out. */
@Component({
  selector: 'sv-users-page',
  imports: [Icon, MatButton, MyAccount, RouterLink, ShareLinks, TroublePanel],
  templateUrl: './users-page.html',
  styleUrl: './users-page.scss',
})
export default class UsersPage {
  readonly #api = inject(AccountsApi);
  readonly #console = inject(ConsoleApi);
  readonly #ask = inject(Ask);
  readonly #clock = inject(Clock);
  readonly #notices = inject(Notices);
  readonly #session = inject(Session);
  readonly #shares = inject(SharesApi);
  protected readonly commands = inject(Commands);
  protected readonly roles = roles;

  protected readonly me = computed(() => this.#session.who()?.user ?? null);
  protected readonly permissions = computed(() => this.#session.who()?.permissions ?? []);
  protected readonly mayChangeUsers = computed(() => this.permissions().some((name) => name.startsWith('users.')));

  protected readonly users = liveQuery({
    params: () => (this.mayChangeUsers() ? {} : undefined),
    load: () => this.#api.users(),
    concerns: isOfCategory('user'),
  });
  protected readonly keys = liveQuery({ params: () => ({}), load: () => this.#api.keys() });
  protected readonly shares = liveQuery({
    params: () => (this.permissions().includes('shares.change') ? {} : undefined),
    load: () => this.#shares.list(),
  });
  /** Streamers to choose from: a viewer sees only their recordings. */
  protected readonly streamers = liveQuery({
    params: () => (this.mayChangeUsers() ? {} : undefined),
    load: () => this.#console.streamers(),
  });
  protected readonly provider = signal<{ label: string } | null>(null);
  /** Shown only once. */
  protected readonly made = signal<CreatedApiKey | undefined>(undefined);

  constructor() {
    // Offered only if it is known to exist.
    void this.#session.ways().then(
      ({ identityProvider }) => this.provider.set(identityProvider),
      () => undefined,
    );
  }

  protected seen({ lastSeenAt }: User): string {
    return lastSeenAt === null ? 'never signed in' : `last seen ${formatWhenWithin(lastSeenAt, this.#clock.now())}`;
  }
  protected when(instant: string | null, otherwise: string): string {
    return instant === null ? otherwise : formatWhenWithin(instant, this.#clock.now());
  }

  protected async add(event: Event, name: HTMLInputElement, password: HTMLInputElement, role: string): Promise<void> {
    event.preventDefault();
    const added = await this.commands.run('add-user', () =>
      this.#api.addUser({ name: name.value, password: password.value, role: asRole(role) }),
    );
    if (!added) return;
    name.value = password.value = '';
    this.users.reload();
  }

  protected async change(user: User, change: { role?: string; disabled?: boolean }): Promise<void> {
    const { role, disabled } = change;
    await this.commands.run(`user-${user.id}`, () =>
      this.#api.changeUser(user.id, {
        ...(role !== undefined && { role: asRole(role) }),
        ...(disabled !== undefined && { disabled }),
      }),
    );
    this.users.reload();
  }

  protected sees({ streamerIds }: User): string {
    if (!streamerIds) return 'Sees all streamers';
    return `Sees ${streamerIds.length === 1 ? '1 streamer' : `${streamerIds.length} streamers`}`;
  }

  protected async see(user: User, streamerIds: number[] | null): Promise<void> {
    await this.commands.run(`user-${user.id}`, () => this.#api.changeUser(user.id, { streamerIds }));
    this.users.reload();
  }

  protected seeOne(user: User, id: number, sees: boolean): Promise<void> {
    const others = (user.streamerIds ?? []).filter((each) => each !== id);
    return this.see(user, sees ? [...others, id] : others);
  }

  protected async endSessions({ id }: User): Promise<void> {
    await this.commands.run(`user-${id}`, () => this.#api.endSessions(id));
    this.users.reload();
  }

  protected async eraseAddresses(user: User): Promise<void> {
    const confirmed = await this.#ask.confirm({
      title: `Erase the addresses of ${user.name}?`,
      text: 'Nobody can see any more from where this user signed in. Sessions continue.',
      confirm: 'Erase',
    });
    if (!confirmed) return;
    const done = await this.commands.run(`user-${user.id}`, () => this.#api.eraseAddresses(user.id));
    if (done) this.#notices.done(`The addresses from which ${user.name} signed in are erased.`);
  }

  protected async remove(user: User): Promise<void> {
    const confirmed = await this.#ask.confirm({
      title: `Remove ${user.name}?`,
      text: 'The account is removed, with its sessions and keys. The audit keeps what it did.',
      confirm: 'Remove',
    });
    if (!confirmed) return;
    await this.commands.run(`user-${user.id}`, () => this.#api.removeUser(user.id));
    this.users.reload();
  }

  protected async addKey(event: Event, name: HTMLInputElement, scope: string): Promise<void> {
    event.preventDefault();
    const all = this.permissions();
    const scopes = scope === 'all' ? all : all.filter((permission) => /\.(view|read|watch)$/.test(permission));
    const made = await this.commands.run('add-key', () => this.#api.addKey({ name: name.value, scopes: [...scopes] }));
    if (!made) return;
    name.value = '';
    this.made.set(made);
    this.keys.reload();
  }

  protected async revoke(id: string, name: string): Promise<void> {
    const confirmed = await this.#ask.confirm({
      title: `Revoke the key “${name}”?`,
      text: 'Scripts that use it are refused from then on. This cannot be undone.',
      confirm: 'Revoke',
    });
    if (!confirmed) return;
    await this.commands.run(`key-${id}`, () => this.#api.revokeKey(id));
    this.keys.reload();
  }

  protected signOut(): Promise<void> {
    return this.#session.signOut();
  }
}

const asRole = (text: string): Role => roles.find(({ role }) => role === text)?.role ?? 'viewer';
