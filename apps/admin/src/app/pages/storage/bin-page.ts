import { Component, computed, inject, linkedSignal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { Video } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { Ask } from '../../commands/ask';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { Clock } from '../../ui/clock';
import { formatBytes, formatForecast, formatWhen } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';
import { VideoCommands } from '../../videos/video-commands';

/** Videos in the bin: by whom or by which rule, and until when they can be restored. */
@Component({
  selector: 'sv-bin-page',
  imports: [Icon, MatButton, RouterLink, Skeleton, TroublePanel],
  template: `
    <div class="sv-page">
      <div class="sv-head">
        <div class="title">
          <a routerLink="/storage" class="sv-up"><sv-icon name="back" /> Storage</a>
          <h1>Bin</h1>
        </div>
        @if (bin.value()?.items?.length) {
          <button matButton="outlined" type="button" [disabled]="commands.isBusy('empty-bin')" (click)="empty()">
            <sv-icon name="remove" /> Empty the bin
          </button>
        }
      </div>
      @if (bin.value(); as page) {
        @if (page.items.length > 0) {
          <p class="sv-quiet">{{ total() }}</p>
          <ul role="list" class="sv-card" [attr.aria-busy]="bin.loading()">
            @for (video of page.items; track video.id) {
              <li [attr.data-testid]="'binned-' + video.id">
                <div>
                  <p class="name" dir="auto">{{ video.title }}</p>
                  <p class="sv-quiet small">{{ wordsOf(video) }}</p>
                  @if (video.bin?.failure; as failure) {
                    <p class="small failure">{{ failure.message }}</p>
                  }
                </div>
                <button
                  matButton="tonal"
                  type="button"
                  [disabled]="videoCommands.isBusy(video)"
                  [attr.aria-label]="'Restore ' + video.title"
                  (click)="restore(video)"
                >
                  <sv-icon name="past" /> Restore
                </button>
              </li>
            }
          </ul>
          @if (page.nextCursor !== null) {
            <button matButton="outlined" type="button" class="more" (click)="loadMore()">Load more</button>
          }
        } @else {
          <p class="sv-quiet nothing">The bin is empty.</p>
        }
      } @else if (bin.trouble(); as trouble) {
        <sv-trouble [trouble]="trouble" (retry)="bin.reload()" />
      } @else {
        <sv-skeleton [count]="4" [height]="64" />
      }
    </div>
  `,
  styles: `
    .title {
      display: grid;
      gap: 0.4rem;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem 1rem;
      align-items: center;
      justify-content: space-between;
      min-height: 56px;
      padding: 0.7rem 1.2rem;
    }
    li > div {
      flex: 1 1 14rem;
      min-width: 0;
    }
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    .name {
      font-weight: 600;
      overflow-wrap: anywhere;
    }
    .small {
      font-size: 0.8125rem;
    }
    .failure {
      color: var(--sv-warn);
    }
    .more {
      justify-self: center;
    }
    .nothing {
      padding: 3rem 0;
      text-align: center;
    }
  `,
})
export default class BinPage {
  readonly #api = inject(ConsoleApi);
  readonly #ask = inject(Ask);
  readonly #clock = inject(Clock);
  readonly #notices = inject(Notices);
  protected readonly commands = inject(Commands);
  protected readonly videoCommands = inject(VideoCommands);

  protected readonly pages = linkedSignal({ source: () => 0, computation: () => 1 });
  protected readonly bin = liveQuery({
    params: () => this.pages(),
    load: (pages) => this.#api.bin(pages),
    concerns: isOfCategory('video'),
    keepAcrossParams: true,
  });
  protected readonly total = computed(() => {
    const page = this.bin.value();
    const bytes = page?.items.reduce((sum, { bin }) => sum + (bin?.bytes ?? 0), 0) ?? 0;
    const count = `${page?.items.length ?? 0}${page?.nextCursor ? ' or more' : ''}`;
    return `${count} ${count === '1' ? 'video' : 'videos'}, ${formatBytes(bytes)}`;
  });

  protected wordsOf({ bin, streamerName }: Video): string {
    if (bin === null) return streamerName;
    const seconds = (Date.parse(bin.purgeAfter) - this.#clock.now()) / 1000;
    const left = seconds > 0 ? `${formatForecast(seconds)} left` : 'about to be removed';
    const why = bin.rule === null ? 'deleted by hand' : `rule: ${bin.rule}`;
    return [streamerName, why, formatWhen(bin.at, this.#clock.now()), formatBytes(bin.bytes), left].join(' · ');
  }

  protected loadMore(): void {
    this.pages.update((pages) => pages + 1);
  }

  protected async restore(video: Video): Promise<void> {
    if (await this.videoCommands.restore(video)) this.bin.reload();
  }

  protected async empty(): Promise<void> {
    const confirmed = await this.#ask.confirm({
      title: 'Empty the bin?',
      text: 'Everything in it is removed for good. This cannot be undone.',
      confirm: 'Empty the bin',
    });
    if (!confirmed) return;
    const emptied = await this.commands.run('empty-bin', () => this.#api.emptyBin());
    if (emptied) {
      const failed =
        emptied.failed.length === 0 ? '' : ` ${emptied.failed.length} could not be removed; the list says why.`;
      this.#notices.done(`${formatBytes(emptied.bytesFreed)} are free again.${failed}`);
    }
    this.bin.reload();
  }
}
