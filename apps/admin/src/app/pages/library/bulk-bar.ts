import { Component, computed, inject, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { BulkAnswer, Video } from '@streamvault/api-contract';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';
import { LibraryApi } from '../../library/library-api';
import { formatBytes, formatCount } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import type { VideoList } from './video-list';

/** With more files than this at once, browsers ask for each one. */
const mostDownloads = 10;
const undoMilliseconds = 10_000;

/** As many as the server accepts in one request. */
const mostAtOnce = 500;
const key = 'bulk';

/** Actions on several videos at once. A refusal of one is shown, and the others go ahead. Each action can be undone. */
@Component({
  selector: 'sv-bulk-bar',
  imports: [Icon, MatButton],
  template: `
    <div class="bar" role="group" aria-label="Chosen videos" data-testid="bulk">
      <p role="status" class="sv-numbers">{{ words() }}</p>
      <button matButton type="button" [disabled]="isBusy()" (click)="keep(true)"><sv-icon name="keep" /> Keep</button>
      <button matButton type="button" [disabled]="isBusy()" (click)="keep(false)">Do not keep</button>
      <button matButton type="button" [disabled]="isBusy() || videos().length > mostDownloads" (click)="download()">
        <sv-icon name="download" /> Download
      </button>
      <button matButton type="button" [disabled]="isBusy()" (click)="watched()">
        <sv-icon name="check" /> Watched
      </button>
      <button matButton type="button" [disabled]="isBusy()" (click)="bin()">
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
  readonly list = input.required<VideoList>();
  readonly closed = output();
  readonly #api = inject(LibraryApi);
  readonly #commands = inject(Commands);
  readonly #notices = inject(Notices);
  protected readonly mostDownloads = mostDownloads;
  protected readonly isBusy = computed(() => this.#commands.isBusy(key));
  protected readonly words = computed(() => {
    const videos = this.videos();
    return `${formatCount(videos.length)} chosen, ${formatBytes(videos.reduce((sum, { bytes }) => sum + bytes, 0))}`;
  });

  protected async keep(isKept: boolean): Promise<void> {
    const list = this.list();
    const others = this.videos().filter((video) => video.protected !== isKept);
    const words = (done: string) => `${done} ${isKept ? 'kept' : 'no longer kept'}`;
    if (others.length === 0) return this.#notices.done(`All of them are ${isKept ? 'kept' : 'not kept'} already.`);
    const send = async (videos: readonly Video[], value: boolean): Promise<BulkAnswer | undefined> => {
      const answer = await this.#send(videos, (videoIds) => this.#api.changeVideos({ videoIds, protected: value }));
      list.changeAll(answer?.done ?? [], { protected: value });
      return answer;
    };
    const answer = await send(others, isKept);
    if (answer && (await this.#undone(answer, words))) await send(onlyThose(others, answer.done), !isKept);
  }

  protected async watched(): Promise<void> {
    const list = this.list();
    const others = this.videos().filter(({ watchedAt }) => watchedAt === null);
    if (others.length === 0) return this.#notices.done('All of them are marked as watched already.');
    const send = async (videos: readonly Video[], watched: boolean): Promise<BulkAnswer | undefined> => {
      const answer = await this.#send(videos, (videoIds) => this.#api.changeVideos({ videoIds, watched }));
      list.changeAll(answer?.done ?? [], { watchedAt: watched ? new Date().toISOString() : null });
      return answer;
    };
    const answer = await send(others, true);
    if (answer && (await this.#undone(answer, (done) => `${done} marked as watched`)))
      await send(onlyThose(others, answer.done), false);
  }

  protected async bin(): Promise<void> {
    const list = this.list();
    const videos = this.videos();
    const free = videos.filter((video) => !video.protected);
    if (free.length === 0) return this.#notices.done('All of them are kept. Choose “Do not keep” first.');
    const answer = await this.#send(free, (videoIds) => this.#api.binVideos(videoIds));
    if (!answer) return;
    const putBack = list.removeAll(answer.done);
    this.closed.emit();
    const spared = videos.length - free.length;
    const words = (done: string) => `${done} in the bin${spared > 0 ? `, ${formatCount(spared)} kept` : ''}`;
    if (!(await this.#undone(answer, words))) return;
    const restored = await this.#send(onlyThose(free, answer.done), (videoIds) => this.#api.restoreVideos(videoIds));
    if (restored) putBack();
  }

  protected download(): void {
    for (const { id } of this.videos()) {
      const link = document.createElement('a');
      link.href = `/api/videos/${id}/download`;
      link.download = '';
      link.click();
    }
  }

  /** In as few requests as the server allows; its refusals are in the answer. */
  #send(videos: readonly Video[], ask: (videoIds: number[]) => Promise<BulkAnswer>): Promise<BulkAnswer | undefined> {
    return this.#commands.run(key, async () => {
      const whole: BulkAnswer = { done: [], failed: [] };
      for (let first = 0; first < videos.length; first += mostAtOnce) {
        const { done, failed } = await ask(videos.slice(first, first + mostAtOnce).map(({ id }) => id));
        whole.done.push(...done);
        whole.failed.push(...failed);
      }
      return whole;
    });
  }

  /** Shows the result. True if the user undoes it. */
  #undone({ done, failed }: BulkAnswer, words: (done: string) => string): Promise<boolean> {
    const [refused] = failed;
    const but = refused ? ` ${formatCount(failed.length)} refused: ${refused.message}` : '';
    const said = `${words(`${formatCount(done.length)} ${done.length === 1 ? 'video is' : 'videos are'}`)}.${but}`;
    if (done.length > 0) return this.#notices.undoable(said, undoMilliseconds);
    this.#notices.done(said);
    return Promise.resolve(false);
  }
}

const onlyThose = (videos: readonly Video[], ids: readonly number[]): Video[] =>
  videos.filter(({ id }) => ids.includes(id));
