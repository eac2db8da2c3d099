import { Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { LibraryMove } from '@streamvault/api-contract';
import { Commands } from '../../commands/commands';
import { liveQuery } from '../../feed/live-query';
import { LibraryApi } from '../../library/library-api';
import { Clock } from '../../ui/clock';
import { formatCount, formatWhen } from '../../ui/formats';

/** How far a move is, the feed does not say: it is looked at again. */
const watchMilliseconds = 1000;
const shownAtFirst = 25;

/** Gives the videos that are there the names of the template: first what would be moved, then how far it is. */
@Component({
  selector: 'sv-move-panel',
  imports: [MatButton],
  template: `
    <h2>Existing videos</h2>
    @if (state()?.pending; as pending) {
      <p role="status" class="sv-numbers" data-testid="moving">{{ progressWords() }}</p>
      <progress
        aria-label="Videos looked at"
        [attr.max]="state()?.progress?.videos ?? null"
        [attr.value]="state()?.progress?.done ?? null"
      ></progress>
      <p class="sv-quiet small">
        Asked for by {{ pending.by }}, {{ when(pending.at) }}. It goes on after a restart; what is being watched or
        written waits.
      </p>
    } @else {
      @if (state()?.last; as last) {
        <p class="sv-quiet" data-testid="last-move">
          Moved last {{ when(last.finishedAt) }} by {{ last.by }}: {{ count(last.moved) }} moved{{
            last.failed > 0 ? ', ' + count(last.failed) + ' could not be moved' : ''
          }}.
        </p>
      }
      @if (plan(); as planned) {
        <p role="status" data-testid="plan">
          @if (planned.toMove === 0) {
            All {{ count(planned.videos) }} videos have the names of the template.
          } @else {
            {{ count(planned.toMove) }} of {{ count(planned.videos) }} videos would get another name:
          }
        </p>
        @if (planned.toMove > 0) {
          <ul role="list" class="moves">
            @for (move of shown(); track move.videoId) {
              <li>
                <span class="sv-quiet" dir="auto"><span class="sv-sr-only">From </span>{{ move.from }}</span>
                <span dir="auto"><span class="sv-sr-only">to </span>{{ move.to }}</span>
              </li>
            }
          </ul>
          @if (rest() > 0) {
            <button matButton type="button" (click)="showsAll.set(true)">Show {{ count(rest()) }} more</button>
          }
          @if (planned.toMove > planned.moves.length && showsAll()) {
            <p class="sv-quiet small">
              … and {{ count(planned.toMove - planned.moves.length) }} more, which are not listed.
            </p>
          }
          <div class="actions">
            <button matButton="filled" type="button" [disabled]="commands.isBusy('move')" (click)="begin()">
              Move {{ count(planned.toMove) }} {{ planned.toMove === 1 ? 'video' : 'videos' }}
            </button>
            <button matButton type="button" (click)="plan.set(undefined)">Go back</button>
          </div>
        }
      } @else {
        <p class="sv-quiet">
          {{
            isUnsaved()
              ? 'Save the template first: videos are moved to the names that it gives.'
              : 'Nothing is moved before you have seen what would be. Players and links keep working.'
          }}
        </p>
        <button
          matButton="tonal"
          type="button"
          [disabled]="isUnsaved() || commands.isBusy('move-preview')"
          (click)="preview()"
        >
          {{ commands.isBusy('move-preview') ? 'Looking…' : 'Show what would be moved' }}
        </button>
      }
    }
  `,
  styles: `
    progress {
      width: 100%;
      height: 0.6rem;
    }
    .moves {
      max-height: 26rem;
      overflow-y: auto;
    }
    li {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      padding: 0.45rem 0;
      border-top: 1px solid var(--sv-line);
      font-family: var(--sv-mono);
      font-size: 0.8125rem;
      overflow-wrap: anywhere;
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem;
    }
    .small {
      font-size: 0.8125rem;
    }
    :host > button {
      justify-self: start;
    }
  `,
})
export class MovePanel {
  /** The one that is saved; another one makes an old plan worthless. */
  readonly template = input.required<string>();
  readonly isUnsaved = input.required<boolean>();
  readonly #api = inject(LibraryApi);
  readonly #clock = inject(Clock);
  protected readonly commands = inject(Commands);
  protected readonly count = formatCount;

  readonly #query = liveQuery({ params: () => ({}), load: () => this.#api.move() });
  protected readonly state = this.#query.value;
  protected readonly plan = signal<NonNullable<LibraryMove['planned']> | undefined>(undefined);
  protected readonly showsAll = signal(false);
  protected readonly shown = computed(() =>
    (this.plan()?.moves ?? []).slice(0, this.showsAll() ? Infinity : shownAtFirst),
  );
  protected readonly rest = computed(() => (this.plan()?.moves.length ?? 0) - this.shown().length);
  protected readonly progressWords = computed(() => {
    const progress = this.state()?.progress;
    if (!progress) return 'Waiting for its turn.';
    const { done, videos, moved, failed } = progress;
    const problems = failed > 0 ? `, ${formatCount(failed)} could not be moved` : '';
    return `${formatCount(done)} of ${formatCount(videos)} looked at, ${formatCount(moved)} moved${problems}.`;
  });

  constructor() {
    effect(() => {
      this.template();
      this.plan.set(undefined);
    });
    effect((onCleanup) => {
      if (!this.state()?.pending) return;
      const timer = setTimeout(() => untracked(() => this.#query.reload()), watchMilliseconds);
      onCleanup(() => clearTimeout(timer));
    });
  }

  protected when(instant: string): string {
    return formatWhen(instant, this.#clock.now());
  }

  protected async preview(): Promise<void> {
    const answer = await this.commands.run('move-preview', () => this.#api.requestMove(true));
    this.showsAll.set(false);
    this.plan.set(answer?.planned ?? undefined);
  }

  protected async begin(): Promise<void> {
    const answer = await this.commands.run('move', () => this.#api.requestMove(false));
    if (answer) this.plan.set(undefined);
    this.#query.reload();
  }
}
