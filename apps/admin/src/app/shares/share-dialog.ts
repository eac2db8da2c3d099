import { Component, inject, signal } from '@angular/core';
import { rxResource } from '@angular/core/rxjs-interop';
import { MatButton } from '@angular/material/button';
import {
  MAT_DIALOG_DATA,
  MatDialogActions,
  MatDialogClose,
  MatDialogContent,
  MatDialogTitle,
} from '@angular/material/dialog';
import { Session } from '../access/session';
import { Commands } from '../commands/commands';
import { Clock } from '../ui/clock';
import { formatDuration } from '../ui/formats';
import { ShareLinks } from './share-list';
import type { Sharing } from './shared-thing';
import { SharesApi } from './shares-api';

const day = 24 * 3600 * 1000;
const lengths = [
  { label: 'one day', value: String(day) },
  { label: 'one week', value: String(7 * day) },
  { label: 'one month', value: String(30 * day) },
  { label: 'until it is revoked', value: '' },
] as const;

/** Shares a video or recording with people without an account, and revokes links. */
@Component({
  selector: 'sv-share-dialog',
  imports: [MatButton, MatDialogActions, MatDialogClose, MatDialogContent, MatDialogTitle, ShareLinks],
  template: `
    <h2 mat-dialog-title>Share “{{ sharing.title }}”</h2>
    <mat-dialog-content>
      @if (made(); as address) {
        <p class="made" role="status">
          <span>{{ about() }} It is shown this once:</span>
          <input #shown readonly [value]="address" aria-label="The address" (focus)="shown.select()" />
          <button matButton="tonal" type="button" (click)="copy(address)">
            {{ copied() ? 'Copied' : 'Copy' }}
          </button>
        </p>
      }
      @if (mayShare()) {
        <form (submit)="create($event, name, length.value, password, download.checked, moment.checked)">
          <label>For whom (for your list) <input #name name="share-name" maxlength="100" autocomplete="off" /></label>
          <label>
            Good for
            <select #length name="share-length">
              @for (option of lengths; track option.value) {
                <option [value]="option.value" [selected]="option.label === 'one week'">{{ option.label }}</option>
              }
            </select>
          </label>
          <label>
            Password (optional)
            <input #password name="share-password" type="password" maxlength="256" autocomplete="new-password" />
          </label>
          <label class="box"
            ><input #download name="share-download" type="checkbox" /> The file may be downloaded</label
          >
          <label class="box" [hidden]="sharing.at < 1">
            <input #moment name="share-moment" type="checkbox" /> Starts at {{ at }}
          </label>
          <button matButton="filled" type="submit" [disabled]="commands.isBusy('share')">Create link</button>
        </form>
        @if (shares.hasValue()) {
          <h3>Links to it</h3>
          <sv-share-list [shares]="shares.value()" (changed)="shares.reload()" />
        }
      }
      <h3>In a player</h3>
      <p class="sv-quiet">
        VLC and other players cannot sign in. With this address yours can play it, for a day, as long as you stay signed
        in.
      </p>
      <button matButton="outlined" type="button" [disabled]="commands.isBusy('player-link')" (click)="forPlayer()">
        Address for a player
      </button>
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button matButton type="button" mat-dialog-close>Close</button>
    </mat-dialog-actions>
  `,
  styles: `
    h2 {
      overflow-wrap: anywhere;
    }
    h3 {
      margin: 1.25rem 0 0.25rem;
      font-size: 0.9375rem;
    }
    form {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr));
      gap: 0.75rem 1rem;
      align-items: end;
    }
    label {
      display: grid;
      gap: 0.25rem;
      font-size: 0.8125rem;
    }
    .box {
      display: flex;
      gap: 0.5rem;
      align-items: center;
      min-height: 2.5rem;
    }
    input:not([type='checkbox']),
    select {
      height: 2.5rem;
      width: 100%;
      padding: 0 0.75rem;
      border: 1px solid var(--mat-sys-outline);
      border-radius: var(--sv-radius-small);
      background: var(--sv-card);
      color: inherit;
      font: inherit;
    }
    .box[hidden] {
      display: none;
    }
    .made {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      gap: 0.5rem;
      padding: 0.7rem 1rem;
      border-radius: var(--sv-radius-small);
      background: var(--sv-ok-soft);

      span {
        grid-column: 1 / -1;
      }
    }
  `,
})
export class ShareDialog {
  protected readonly sharing = inject<Sharing>(MAT_DIALOG_DATA);
  protected readonly at = formatDuration(this.sharing.at);
  readonly #api = inject(SharesApi);
  readonly #clock = inject(Clock);
  readonly #session = inject(Session);
  protected readonly commands = inject(Commands);
  protected readonly lengths = lengths;
  /** The latest address. */
  protected readonly made = signal<string | undefined>(undefined);
  protected readonly about = signal('');
  protected readonly copied = signal(false);

  protected readonly shares = rxResource({
    params: () => (this.mayShare() ? { thing: this.sharing.thing } : undefined),
    stream: ({ params }) => this.#api.list(params.thing),
  });

  protected mayShare(): boolean {
    return this.#session.who()?.permissions.includes('shares.change') ?? false;
  }

  protected async create(
    event: Event,
    name: HTMLInputElement,
    length: string,
    password: HTMLInputElement,
    download: boolean,
    atMoment: boolean,
  ): Promise<void> {
    event.preventDefault();
    const expiresAt = length === '' ? null : new Date(this.#clock.now() + Number(length)).toISOString();
    const share = await this.commands.run('share', () =>
      this.#api.create({
        ...this.sharing.thing,
        expiresAt,
        download,
        ...(name.value.trim() !== '' && { name: name.value }),
        ...(password.value !== '' && { password: password.value }),
      }),
    );
    if (!share) return;
    name.value = password.value = '';
    this.#show(atMoment ? `${share.url}?t=${Math.floor(this.sharing.at)}` : share.url, 'The link is ready.');
    this.shares.reload();
  }

  protected async forPlayer(): Promise<void> {
    const link = await this.commands.run('player-link', () => this.#api.playerLink(this.sharing.thing));
    if (link) this.#show(link.url, 'The address for a player is ready.');
  }

  protected async copy(address: string): Promise<void> {
    // Over plain http, browsers give pages no clipboard. Then the address is selected, to be copied by hand.
    await navigator.clipboard?.writeText(address).then(
      () => this.copied.set(true),
      () => undefined,
    );
  }

  #show(address: string, about: string): void {
    this.made.set(address);
    this.about.set(about);
    this.copied.set(false);
  }
}
