import { Component, computed, inject, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Video } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { describeTrouble } from '../../api/trouble';
import { Notices } from '../../commands/notices';
import { formatBytes, formatCount } from '../../ui/formats';
import { Icon } from '../../ui/icon';

/** More files at once than this are more than a browser asks for without being asked back each time. */
const mostDownloads = 10;
const undoMilliseconds = 10_000;

/** What is done with several videos at once, one after the other; what failed is said, and the rest is done. */
@Component({
  selector: 'sv-bulk-bar',
  imports: [Icon, MatButton],
  template: `
    <div class="bar" role="group" aria-label="Chosen videos" data-testid="bulk">
      <p role="status" class="sv-numbers">{{ busy() ?? words() }}</p>
      <button matButton type="button" [disabled]="busy() !== null" (click)="keep(true)">
        <sv-icon name="keep" /> Keep
      </button>
      <button matButton type="button" [disabled]="busy() !== null" (click)="keep(false)">Do not keep</button>
      <button
        matButton
        type="button"
        [disabled]="busy() !== null || videos().length > mostDownloads"
        (click)="download()"
      >
        <sv-icon name="download" /> Download
      </button>
      <button matButton type="button" [disabled]="busy() !== null" (click)="bin()">
        <sv-icon name="remove" /> Move to bin
      </button>
      <button matButton type="button" (click)="closed.emit()"><sv-icon name="close" /> Choose none</button>
    </div>
  `,
  styles: `
    .bar {
      display: flex;
      flex-wrap: wrap;
      gap: 0.25rem 0.5rem;
      align-items: center;
      padding: 0.5rem 1rem;
      border: 1px solid var(--sv-line);
      border-radius: var(--sv-radius);
      background: var(--mat-sys-secondary-container);
      color: var(--mat-sys-on-secondary-container);
    }
    p {
      flex: 1 1 10rem;
      font-weight: 600;
    }
  `,
})
export class BulkBar {
  readonly videos = input.required<readonly Video[]>();
  readonly changed = output<Video>();
  readonly closed = output();
  readonly #api = inject(ConsoleApi);
  readonly #notices = inject(Notices);
  protected readonly mostDownloads = mostDownloads;
  /** How far it is. */
  protected readonly busy = signal<string | null>(null);
  protected readonly words = computed(() => {
    const videos = this.videos();
    return `${formatCount(videos.length)} chosen, ${formatBytes(videos.reduce((sum, { bytes }) => sum + bytes, 0))}`;
  });

  protected async keep(isKept: boolean): Promise<void> {
    const done = await this.#each(this.videos(), ({ id }) => this.#api.changeVideo(id, { protected: isKept }));
    if (done.length > 0) this.#notices.done(`${done.length} videos are ${isKept ? 'kept' : 'no longer kept'}.`);
  }

  protected async bin(): Promise<void> {
    const free = this.videos().filter((video) => !video.protected);
    if (free.length === 0) {
      this.#notices.done('All of them are kept. Choose “Do not keep” first.');
      return;
    }
    const binned = await this.#each(free, ({ id }) => this.#api.binVideo(id));
    if (binned.length === 0) return;
    this.closed.emit();
    const spared = this.videos().length - free.length;
    const words = `${binned.length} videos are in the bin${spared > 0 ? `, ${spared} are kept` : ''}.`;
    if (await this.#notices.undoable(words, undoMilliseconds))
      await this.#each(binned, ({ id }) => this.#api.restoreVideo(id));
  }

  protected download(): void {
    for (const { id } of this.videos()) {
      const link = document.createElement('a');
      link.href = `/api/videos/${id}/download`;
      link.download = '';
      link.click();
    }
  }

  async #each(videos: readonly Video[], send: (video: Video) => Promise<Video>): Promise<Video[]> {
    const done: Video[] = [];
    try {
      for (const video of videos) {
        this.busy.set(`${done.length + 1} of ${videos.length}…`);
        const changed = await send(video);
        done.push(changed);
        this.changed.emit(changed);
      }
    } catch (error) {
      // One was refused, or the server went away: those before it are done, and the person is told why it stopped.
      this.#notices.trouble(describeTrouble(error));
    } finally {
      this.busy.set(null);
    }
    return done;
  }
}
