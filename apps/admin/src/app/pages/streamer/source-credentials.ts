import { Component, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { ConsoleApi } from '../../api/console-api';
import { Ask } from '../../commands/ask';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';

/** The sign-in of a camera or the passphrase of a sender. They are never shown again. */
@Component({
  selector: 'sv-source-credentials',
  imports: [MatButton],
  template: `
    <h2 id="credentials">Sign-in at the source</h2>
    <p class="sv-quiet">Stored encrypted and never shown again. Saving replaces what was saved before.</p>
    <form (submit)="save($event, user, password, passphrase)">
      <label class="sv-field">
        User (RTSP)
        <input #user class="sv-input" name="user" maxlength="200" autocomplete="off" />
      </label>
      <label class="sv-field">
        Password (RTSP)
        <input #password class="sv-input" name="password" type="password" maxlength="200" autocomplete="new-password" />
      </label>
      <label class="sv-field">
        Passphrase (SRT, 10 to 79 characters)
        <input
          #passphrase
          class="sv-input"
          name="passphrase"
          type="password"
          minlength="10"
          maxlength="79"
          autocomplete="new-password"
        />
      </label>
      <div class="ends">
        <button matButton="tonal" type="submit" [disabled]="commands.isBusy(key)">Save the sign-in</button>
        <button matButton type="button" [disabled]="commands.isBusy(key)" (click)="forget()">
          Erase the saved sign-in
        </button>
      </div>
    </form>
  `,
  styles: `
    form {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr));
      gap: 0.75rem 1rem;
    }
    .ends {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem;
      grid-column: 1 / -1;
    }
  `,
})
export class SourceCredentialsForm {
  readonly streamerId = input.required<number>();
  readonly #api = inject(ConsoleApi);
  readonly #ask = inject(Ask);
  readonly #notices = inject(Notices);
  protected readonly commands = inject(Commands);
  protected readonly key = 'credentials';

  protected async save(event: Event, ...boxes: readonly HTMLInputElement[]): Promise<void> {
    event.preventDefault();
    const given = boxes.filter(({ value }) => value !== '').map(({ name, value }) => [name, value] as const);
    if (given.length === 0) return;
    const saved = await this.commands.run(this.key, () =>
      this.#api.changeStreamer(this.streamerId(), { credentials: Object.fromEntries(given) }),
    );
    if (!saved) return;
    for (const box of boxes) box.value = '';
    this.#notices.done('The sign-in is saved.');
  }

  protected async forget(): Promise<void> {
    const confirmed = await this.#ask.confirm({
      title: 'Forget the sign-in?',
      text: 'A source that requires it cannot be recorded until it is entered again.',
      confirm: 'Forget it',
    });
    if (!confirmed) return;
    const saved = await this.commands.run(this.key, () =>
      this.#api.changeStreamer(this.streamerId(), { credentials: null }),
    );
    if (saved) this.#notices.done('The sign-in is erased.');
  }
}
