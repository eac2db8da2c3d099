import { Component, computed, input, linkedSignal, model, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { Video, VideoCut } from '@streamvault/api-contract';
import { type CutRange, clockOf, secondsOfClock, withFrom, withTo } from '../player/cut-range';
import { formatSpan } from '../ui/formats';
import { Icon } from '../ui/icon';
import { Cuts } from './cuts';

/** The server codes nothing longer again. */
const longestExactSeconds = 4 * 3600;

/** Makes a piece of a video a video of its own: where it begins and ends, how it is cut, and what became of earlier ones. */
@Component({
  selector: 'sv-cut-panel',
  imports: [Icon, MatButton, RouterLink],
  templateUrl: './cut-panel.html',
  styleUrl: './cut-panel.scss',
})
export class CutPanel {
  readonly video = input.required<Pick<Video, 'id' | 'title' | 'durationSeconds'>>();
  /** Media second on the screen. */
  readonly now = input(0);
  readonly range = model.required<CutRange | null>();
  readonly playFrom = output<number>();

  protected readonly cuts = new Cuts(computed(() => this.video().id));
  protected readonly title = signal('');
  protected readonly exact = signal(false);
  protected readonly wrong = linkedSignal<CutRange | null, string | undefined>({
    source: () => this.range(),
    computation: () => undefined,
  });

  protected readonly from = computed(() => clockOf(this.range()?.from ?? 0));
  protected readonly to = computed(() => clockOf(this.range()?.to ?? 0));
  protected readonly seconds = computed(() => {
    const range = this.range();
    return range === null ? 0 : range.to - range.from;
  });
  protected readonly length = computed(() => formatSpan(this.seconds()));
  protected readonly isTooLong = computed(() => this.exact() && this.seconds() > longestExactSeconds);
  protected readonly rows = computed(() =>
    this.cuts.items().map((cut) => ({
      ...cut,
      name: `${clockOf(cut.fromSeconds)}–${clockOf(cut.toSeconds)}`,
      percent: Math.round((cut.progress ?? 0) * 100),
      words: wordsOf(cut),
    })),
  );

  protected type(side: 'from' | 'to', text: string): void {
    const range = this.range();
    const at = secondsOfClock(text);
    if (range === null) return;
    if (at === undefined || at > this.video().durationSeconds)
      this.wrong.set(`“${text}” is no time of this video. Write it as 1:30 or 1:02:03.5.`);
    else this.#move(side, at);
  }

  protected here(side: 'from' | 'to'): void {
    this.#move(side, this.now());
  }

  protected async cut(event: Event): Promise<void> {
    event.preventDefault();
    const range = this.range();
    if (range === null || this.isTooLong()) return;
    const title = this.title().trim();
    this.title.set('');
    await this.cuts.cut(this.video().id, {
      fromSeconds: range.from,
      toSeconds: range.to,
      exact: this.exact(),
      ...(title !== '' && { title }),
    });
  }

  #move(side: 'from' | 'to', at: number): void {
    const range = this.range();
    const move = side === 'from' ? withFrom : withTo;
    if (range !== null) this.range.set(move(range, at, this.video().durationSeconds));
  }
}

function wordsOf({ state, progress, secondsLeft, failure }: VideoCut): string {
  switch (state) {
    case 'waiting':
      return 'Waits for its turn';
    case 'running':
      return [
        progress === null ? 'Being cut' : `${Math.round(progress * 100)} %`,
        ...(secondsLeft === null ? [] : [`${formatSpan(secondsLeft)} left`]),
      ].join(', ');
    case 'done':
      return 'Done';
    case 'failed':
      return failure?.message ?? 'It failed.';
    default:
      return state satisfies never;
  }
}
