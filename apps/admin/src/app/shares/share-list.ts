import { Component, inject, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Share } from '@streamvault/api-contract';
import { Ask } from '../commands/ask';
import { Commands } from '../commands/commands';
import { Clock } from '../ui/clock';
import { formatWhenWithin } from '../ui/formats';
import { SharesApi } from './shares-api';

/** Existing links, each with a button to revoke it. */
@Component({
  selector: 'sv-share-list',
  imports: [MatButton],
  template: `
    <ul role="list">
      @for (share of shares(); track share.id) {
        <li [attr.data-testid]="'share-' + share.id">
          <div>
            <p class="name" dir="auto">{{ share.name ?? 'Link without a name' }}</p>
            <p class="sv-quiet small">{{ terms(share) }}</p>
          </div>
          <button
            matButton
            type="button"
            [attr.aria-label]="'Revoke ' + (share.name ?? 'link without a name')"
            [disabled]="commands.isBusy('share-' + share.id)"
            (click)="revoke(share)"
          >
            Revoke
          </button>
        </li>
      } @empty {
        <li class="sv-quiet">No links yet.</li>
      }
    </ul>
  `,
  styles: `
    ul {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      gap: 0.25rem 1rem;
      align-items: center;
      justify-content: space-between;
      padding: 0.5rem 0;
    }
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    div {
      flex: 1 1 12rem;
      min-width: 0;
    }
    p {
      margin: 0;
    }
    .name {
      font-weight: 600;
      overflow-wrap: anywhere;
    }
    .small {
      font-size: 0.8125rem;
    }
  `,
})
export class ShareLinks {
  readonly shares = input.required<readonly Share[]>();
  readonly changed = output();
  readonly #api = inject(SharesApi);
  readonly #ask = inject(Ask);
  readonly #clock = inject(Clock);
  protected readonly commands = inject(Commands);

  protected terms({ expiresAt, hasPassword, download, lastOpenedAt }: Share): string {
    const when = (instant: string): string => formatWhenWithin(instant, this.#clock.now());
    return [
      expiresAt === null ? 'does not end' : `ends ${when(expiresAt)}`,
      hasPassword ? 'password' : 'no password',
      download ? 'watch and download' : 'watch only',
      lastOpenedAt === null ? 'never opened' : `opened ${when(lastOpenedAt)}`,
    ].join(' · ');
  }

  protected async revoke({ id, name }: Share): Promise<void> {
    const confirmed = await this.#ask.confirm({
      title: `Revoke ${name === null ? 'this link' : `“${name}”`}?`,
      text: 'It stops working at once, also for people who are watching. This cannot be undone.',
      confirm: 'Revoke',
    });
    if (!confirmed) return;
    await this.commands.run(`share-${id}`, () => this.#api.revoke(id));
    this.changed.emit();
  }
}
