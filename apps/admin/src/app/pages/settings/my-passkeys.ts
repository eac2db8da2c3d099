import { Component, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Passkey, User } from '@streamvault/api-contract';
import { Passkeys, isCancelled, isThereAlready } from '../../access/passkeys';
import { Session } from '../../access/session';
import { describeTrouble } from '../../api/trouble';
import { Ask } from '../../commands/ask';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';
import { liveQuery } from '../../feed/live-query';
import { Clock } from '../../ui/clock';
import { formatWhenWithin } from '../../ui/formats';
import { TroublePanel } from '../../ui/trouble-panel';

/** The user's own passkeys: sign in by fingerprint, face or security key instead of a password. */
@Component({
  selector: 'sv-my-passkeys',
  imports: [MatButton, TroublePanel],
  styleUrl: './users-page.scss',
  template: `
    <section aria-labelledby="passkeys">
      <h3 id="passkeys">Passkeys</h3>
      @if (passkeys.value(); as list) {
        <ul role="list" class="sv-card">
          @for (passkey of list; track passkey.id) {
            <li [attr.data-testid]="'passkey-' + passkey.id">
              <div>
                <p class="name" dir="auto">{{ passkey.name }}</p>
                <p class="sv-quiet small">{{ about(passkey) }}</p>
              </div>
              <button matButton type="button" [attr.aria-label]="'Remove ' + passkey.name" (click)="remove(passkey)">
                Remove
              </button>
            </li>
          } @empty {
            <li class="sv-quiet">No passkeys yet.</li>
          }
        </ul>
      } @else if (passkeys.trouble(); as trouble) {
        <sv-trouble [trouble]="trouble" (retry)="passkeys.reload()" />
      }
      @if (canBeAdded()) {
        <form class="sv-card" (submit)="add($event, name, current)">
          <label>
            Name of the passkey
            <input #name name="passkey-name" required maxlength="64" autocomplete="off" placeholder="Laptop" />
          </label>
          <label [hidden]="!user().hasPassword">
            Current password
            <input
              #current
              name="passkey-password"
              type="password"
              autocomplete="current-password"
              [required]="user().hasPassword"
            />
          </label>
          <button matButton="tonal" type="submit" [disabled]="isAdding()">Add passkey</button>
          @if (trouble(); as words) {
            <p role="alert" class="alert">{{ words }}</p>
          }
        </form>
      } @else if (canBeAdded() === false) {
        <p class="sv-quiet small">
          Browsers allow passkeys only over https with a host name, and at http://localhost. Open StreamVault at such an
          address to add one.
        </p>
      }
    </section>
  `,
  styles: `
    h3 {
      margin: 0.5rem 0 0;
      font-size: 1rem;
    }
    .alert {
      flex-basis: 100%;
      margin: 0;
      color: var(--mat-sys-error);
    }
    label[hidden] {
      display: none;
    }
  `,
})
export class MyPasskeys {
  readonly user = input.required<User>();
  readonly #api = inject(Passkeys);
  readonly #ask = inject(Ask);
  readonly #clock = inject(Clock);
  readonly #commands = inject(Commands);
  readonly #notices = inject(Notices);
  /** Undefined until it is known. */
  protected readonly canBeAdded = signal<boolean | undefined>(undefined);
  protected readonly isAdding = signal(false);
  protected readonly trouble = signal<string | undefined>(undefined);
  protected readonly passkeys = liveQuery({
    params: () => ({ id: this.user().id }),
    load: ({ id }) => this.#api.of(id),
  });

  constructor() {
    void inject(Session)
      .ways()
      .then(
        ({ passkey }) => this.canBeAdded.set(passkey.canBeAdded),
        () => undefined,
      );
  }

  protected about({ site, lastUsedAt }: Passkey): string {
    const used = lastUsedAt === null ? 'not used yet' : `last used ${formatWhenWithin(lastUsedAt, this.#clock.now())}`;
    return `for ${site} · ${used}`;
  }

  protected async add(event: Event, name: HTMLInputElement, current: HTMLInputElement): Promise<void> {
    event.preventDefault();
    this.trouble.set(undefined);
    this.isAdding.set(true);
    try {
      await this.#api.add(name.value, this.user().hasPassword ? current.value : undefined);
      name.value = current.value = '';
      this.#notices.done('The passkey is ready. The sign-in page offers it from now on.');
    } catch (error) {
      this.trouble.set(wordsFor(error));
    }
    this.isAdding.set(false);
    this.passkeys.reload();
  }

  protected async remove({ id, name }: Passkey): Promise<void> {
    const confirmed = await this.#ask.confirm({
      title: `Remove the passkey “${name}”?`,
      text: 'It can no longer be used to sign in. Delete it on the device as well.',
      confirm: 'Remove',
    });
    if (!confirmed) return;
    await this.#commands.run(`passkey-${id}`, () => this.#api.remove(this.user().id, id));
    this.passkeys.reload();
  }
}

function wordsFor(error: unknown): string {
  if (isCancelled(error)) return 'No passkey was added: the browser’s window was closed, or the time ran out.';
  if (isThereAlready(error)) return 'This device has a passkey for your account already.';
  return describeTrouble(error).detail;
}
