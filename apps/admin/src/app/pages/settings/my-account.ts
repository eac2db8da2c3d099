import { Component, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Session, User } from '@streamvault/api-contract';
import { AccountsApi } from '../../access/accounts-api';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';
import { liveQuery } from '../../feed/live-query';
import { Clock } from '../../ui/clock';
import { formatWhenWithin } from '../../ui/formats';
import { TroublePanel } from '../../ui/trouble-panel';
import { MyPasskeys } from './my-passkeys';

/** The user's own password, passkeys and sessions. */
@Component({
  selector: 'sv-my-account',
  imports: [MatButton, MyPasskeys, TroublePanel],
  styleUrl: './users-page.scss',
  template: `
    <section aria-labelledby="me">
      <h2 id="me">My account</h2>
      @if (user().hasPassword) {
        <form class="sv-card" (submit)="change($event, current, next)">
          <label>
            Current password
            <input #current name="current-password" type="password" required autocomplete="current-password" />
          </label>
          <label>
            New password <input #next name="new-password" type="password" required autocomplete="new-password" />
          </label>
          <button matButton="tonal" type="submit" [disabled]="commands.isBusy('password')">Change password</button>
        </form>
      }
      @if (sessions.value(); as list) {
        <ul role="list" class="sv-card">
          @for (session of list; track session.id) {
            <li [attr.data-testid]="'session-' + session.id">
              <div>
                <p class="name">{{ session.agent }}</p>
                <p class="sv-quiet small">{{ about(session) }}</p>
              </div>
              @if (!session.isCurrent) {
                <button
                  matButton
                  type="button"
                  [attr.aria-label]="'Sign out ' + session.agent"
                  [disabled]="commands.isBusy('session-' + session.id)"
                  (click)="end(session)"
                >
                  Sign out
                </button>
              }
            </li>
          }
        </ul>
        <p class="sv-quiet small">
          Addresses of sign-ins are kept for 30 days.
          <button matButton type="button" [disabled]="commands.isBusy('addresses')" (click)="erase()">
            Erase mine now
          </button>
        </p>
      } @else if (sessions.trouble(); as trouble) {
        <sv-trouble [trouble]="trouble" (retry)="sessions.reload()" />
      }
      <sv-my-passkeys [user]="user()" />
    </section>
  `,
})
export class MyAccount {
  readonly user = input.required<User>();
  readonly #api = inject(AccountsApi);
  readonly #clock = inject(Clock);
  readonly #notices = inject(Notices);
  protected readonly commands = inject(Commands);
  protected readonly sessions = liveQuery({
    params: () => ({ id: this.user().id }),
    load: ({ id }) => this.#api.sessions(id),
  });

  protected about({ isCurrent, lastSeenAt, address }: Session): string {
    return [
      isCurrent ? 'this browser' : `last seen ${formatWhenWithin(lastSeenAt, this.#clock.now())}`,
      ...(address === null ? [] : [address]),
    ].join(' · ');
  }

  protected async change(event: Event, current: HTMLInputElement, next: HTMLInputElement): Promise<void> {
    event.preventDefault();
    const done = await this.commands.run('password', async () => {
      await this.#api.changePassword(current.value, next.value);
      return true;
    });
    if (!done) return;
    current.value = next.value = '';
    this.#notices.done('The password is changed. All your other sessions have ended.');
    this.sessions.reload();
  }

  protected async erase(): Promise<void> {
    const done = await this.commands.run('addresses', () => this.#api.eraseAddresses(this.user().id));
    if (!done) return;
    this.#notices.done('The addresses from which you signed in are erased.');
    this.sessions.reload();
  }

  protected async end({ id }: Session): Promise<void> {
    await this.commands.run(`session-${id}`, () => this.#api.endSession(this.user().id, id));
    this.sessions.reload();
  }
}
