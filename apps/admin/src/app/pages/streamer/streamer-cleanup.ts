import { HttpClient } from '@angular/common/http';
import { Component, computed, inject, input, linkedSignal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { PutStreamerCleanupBody, StreamerCleanup } from '@streamvault/api-contract';
import { firstValueFrom } from 'rxjs';
import { emptyPolicy, policyInWords } from '../../cleanup/cleanup-words';
import { PolicyFields } from '../../cleanup/policy-fields';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';

/** How long the videos of one streamer stay: by its own policy, or by the one for all. */
@Component({
  selector: 'sv-streamer-cleanup',
  imports: [MatButton, PolicyFields, RouterLink, Skeleton, TroublePanel],
  template: `
    @if (query.value(); as cleanup) {
      <div class="sv-card box">
        <h2>How long its videos stay</h2>
        <p data-testid="cleanup-words">{{ words() }}</p>
        <p class="sv-quiet small" data-testid="cleanup-origin">
          @switch (cleanup.origin) {
            @case ('streamer') {
              Set for this streamer
            }
            @case ('all') {
              From the <a routerLink="/storage/cleanup">rules for all streamers</a>
            }
            @default {
              No rules apply: see <a routerLink="/storage/cleanup">those for all streamers</a>
            }
          }
          @if (cleanup.origin !== 'streamer' && cleanup.categories.length > 0) {
            ; videos of {{ cleanup.categories.join(', ') }} follow the rules of their category
          }
        </p>
      </div>
      <section class="sv-card box" aria-labelledby="own-cleanup">
        <h2 id="own-cleanup">Rules of its own</h2>
        <sv-policy-fields [policy]="policy()" (changed)="policy.set($event)" />
        <p>{{ policy().enabled ? inWords() : 'Off. ' + inWords() }}</p>
        <p class="buttons">
          <button matButton="filled" type="button" [disabled]="commands.isBusy(key)" (click)="save()">
            Save the rules
          </button>
          @if (cleanup.own) {
            <button matButton type="button" [disabled]="commands.isBusy(key)" (click)="remove()">
              Use the rules for all streamers
            </button>
          }
        </p>
      </section>
    } @else if (query.trouble(); as trouble) {
      <sv-trouble [trouble]="trouble" (retry)="query.reload()" />
    } @else {
      <sv-skeleton [count]="2" [height]="120" />
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 1.25rem;
    }
    .box {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 0.8rem;
      padding: 1.1rem 1.3rem 1.3rem;
    }
    .buttons {
      display: flex;
      flex-wrap: wrap;
      gap: 0.75rem;
    }
    .small {
      font-size: 0.8125rem;
    }
  `,
})
export class StreamerCleanupPanel {
  readonly streamerId = input.required<string>();
  readonly #http = inject(HttpClient);
  readonly #notices = inject(Notices);
  protected readonly commands = inject(Commands);
  protected readonly key = 'save-streamer-cleanup';
  readonly #path = computed(() => `/api/streamers/${encodeURIComponent(this.streamerId())}/cleanup`);

  protected readonly query = liveQuery({
    params: () => this.#path(),
    load: (path) => this.#http.get<StreamerCleanup>(path),
    concerns: isOfCategory('cleanup'),
  });
  protected readonly words = computed(() => {
    const policy = this.query.value()?.policy;
    return policy ? policyInWords(policy) : 'They stay until a user removes them.';
  });
  /** The streamer's own policy, as it is being edited; it begins with the one for all. */
  protected readonly policy = linkedSignal(() => {
    const cleanup = this.query.value();
    return cleanup?.own ?? { ...(cleanup?.forAll ?? emptyPolicy), enabled: false };
  });
  protected readonly inWords = computed(() => policyInWords(this.policy()));

  protected async save(): Promise<void> {
    const { name: _name, scope: _scope, ...policy } = this.policy();
    await this.#put({ policy });
  }
  protected async remove(): Promise<void> {
    await this.#put({ policy: null });
  }

  async #put(body: PutStreamerCleanupBody): Promise<void> {
    const saved = await this.commands.run(this.key, () =>
      firstValueFrom(this.#http.put<StreamerCleanup>(this.#path(), body)),
    );
    if (saved) this.#notices.done(body.policy ? 'The rules are saved.' : 'The rules for all streamers apply again.');
    this.query.reload();
  }
}
