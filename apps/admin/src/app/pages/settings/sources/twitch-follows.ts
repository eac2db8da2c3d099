import { Component, computed, effect, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { TwitchFollows } from '@streamvault/api-contract';
import { ConsoleApi } from '../../../api/console-api';
import { AutomationApi } from '../../../automation/automation-api';
import { Commands } from '../../../commands/commands';
import { Notices } from '../../../commands/notices';
import { liveQuery } from '../../../feed/live-query';
import { Icon } from '../../../ui/icon';
import { TroublePanel } from '../../../ui/trouble-panel';

/** How often the console checks whether the code has been entered at Twitch. */
const pollMilliseconds = 5000;

/**
 * The channels that the user follows on Twitch, to be added with one click. Signs in with a code that is entered there.
 */
@Component({
  selector: 'sv-twitch-follows',
  imports: [Icon, MatButton, TroublePanel],
  template: `
    <h2 id="follows">Import channels that you follow</h2>
    @if (signIn.value(); as state) {
      @switch (state.state) {
        @case ('signed-in') {
          <p>
            Signed in at Twitch as <strong>{{ state.login }}</strong>.
            <button matButton type="button" [disabled]="commands.isBusy('twitch-out')" (click)="leave()">
              Sign out
            </button>
          </p>
          @if (follows(); as list) {
            @if (list.items.length === 0) {
              <p class="sv-quiet">This account follows nobody.</p>
            } @else {
              <label class="sv-field">
                Find
                <input #box class="sv-input" type="search" (input)="words.set(box.value)" />
              </label>
              <ul role="list" class="list" data-testid="follows">
                @for (follow of shown(); track follow.login) {
                  <li>
                    <label>
                      <input
                        type="checkbox"
                        [disabled]="follow.isAdded"
                        [checked]="follow.isAdded || chosen().has(follow.url)"
                        (change)="toggle(follow.url)"
                      />
                      <span dir="auto">{{ follow.name }}</span>
                      @if (follow.isAdded) {
                        <span class="sv-quiet">added</span>
                      }
                    </label>
                  </li>
                } @empty {
                  <li class="sv-quiet">Nobody of that name.</li>
                }
              </ul>
              <div class="ends">
                <button
                  matButton="filled"
                  type="button"
                  [disabled]="chosen().size === 0 || commands.isBusy('follows')"
                  (click)="add()"
                >
                  <sv-icon name="add" /> Add {{ chosen().size }} streamers
                </button>
                <button matButton type="button" (click)="chooseAll()">Choose all shown</button>
              </div>
            }
          } @else {
            <button matButton="tonal" type="button" [disabled]="commands.isBusy('follows')" (click)="load()">
              Show the channels that {{ state.login }} follows
            </button>
          }
        }
        @case ('waiting') {
          <p role="status">
            Open <a [href]="state.verificationUri" target="_blank" rel="noreferrer">{{ state.verificationUri }}</a> and
            type this code. This page continues by itself.
          </p>
          <p class="code sv-numbers" data-testid="user-code">{{ state.userCode }}</p>
        }
        @default {
          <p class="sv-quiet">Sign in to Twitch once with a code. StreamVault only reads which channels you follow.</p>
          <button matButton="tonal" type="button" [disabled]="commands.isBusy('twitch-in')" (click)="begin()">
            Sign in at Twitch
          </button>
        }
      }
    } @else if (signIn.trouble(); as trouble) {
      <sv-trouble [trouble]="trouble" (retry)="signIn.reload()" />
    }
  `,
  styles: `
    .list {
      max-height: 24rem;
      overflow: auto;
      border: 1px solid var(--sv-line);
      border-radius: var(--sv-radius-small);
    }
    li {
      padding: 0 0.9rem;
    }
    li label {
      display: flex;
      gap: 0.6rem;
      align-items: center;
      min-height: 44px;
    }
    .ends {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem;
    }
    button {
      justify-self: start;
    }
    .code {
      font-size: 1.75rem;
      font-weight: 650;
      letter-spacing: 0.15em;
    }
  `,
})
export class TwitchFollowsImport {
  readonly #api = inject(AutomationApi);
  readonly #console = inject(ConsoleApi);
  readonly #notices = inject(Notices);
  protected readonly commands = inject(Commands);

  protected readonly signIn = liveQuery({ params: () => ({}), load: () => this.#api.twitchSignIn() });
  protected readonly follows = signal<TwitchFollows | undefined>(undefined);
  protected readonly chosen = signal<ReadonlySet<string>>(new Set());
  protected readonly words = signal('');
  protected readonly shown = computed(() => {
    const words = this.words().trim().toLowerCase();
    return (this.follows()?.items ?? []).filter(({ name, login }) => `${name} ${login}`.toLowerCase().includes(words));
  });

  constructor() {
    effect((onCleanup) => {
      if (this.signIn.value()?.state !== 'waiting') return;
      const timer = setInterval(() => this.signIn.reload(), pollMilliseconds);
      onCleanup(() => clearInterval(timer));
    });
  }

  protected async begin(): Promise<void> {
    await this.commands.run('twitch-in', () => this.#api.beginTwitchSignIn());
    this.signIn.reload();
  }

  protected async leave(): Promise<void> {
    await this.commands.run('twitch-out', () => this.#api.endTwitchSignIn());
    this.follows.set(undefined);
    this.chosen.set(new Set());
    this.signIn.reload();
  }

  protected async load(): Promise<void> {
    const follows = await this.commands.run('follows', () => this.#api.twitchFollows());
    if (follows) this.follows.set(follows);
  }

  protected toggle(url: string): void {
    this.chosen.update((before) => {
      const next = new Set(before);
      if (!next.delete(url)) next.add(url);
      return next;
    });
  }

  protected chooseAll(): void {
    const urls = this.shown().filter(({ isAdded }) => !isAdded);
    this.chosen.set(new Set(urls.map(({ url }) => url)));
  }

  /** One after the other; those that were added stay if a later one is refused. */
  protected async add(): Promise<void> {
    let added = 0;
    await this.commands.run('follows', async () => {
      for (const url of this.chosen()) {
        const name = this.follows()?.items.find((follow) => follow.url === url)?.name;
        await this.#console.addStreamer({ url, ...(name !== undefined && { name }) });
        added += 1;
      }
    });
    if (added > 0) this.#notices.done(`${added} ${added === 1 ? 'streamer is' : 'streamers are'} added.`);
    this.chosen.set(new Set());
    await this.load();
  }
}
