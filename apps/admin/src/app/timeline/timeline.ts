import { Component, computed, inject, input, output, signal } from '@angular/core';
import { Clock } from '../ui/clock';
import type { PlayerPosition } from '../player/player';
import { type Span, type TimelineSource, instantAt, layoutTimeline } from './timeline-layout';

/** The broadcast as it was had, to scale: captured, gaps, advertising, stalls. Hover or focus says what a span is and why; a part can be played from. */
@Component({
  selector: 'sv-timeline',
  templateUrl: './timeline.html',
  styleUrl: './timeline.scss',
})
export class TimelineView {
  readonly recording = input.required<TimelineSource>();
  /** What is on the player's screen. */
  readonly position = input<PlayerPosition>();
  /** Whether a part can be played from. */
  readonly playable = input(false);
  /** Where it ends (ms) while it goes on, for a look into the past; null: at the present. */
  readonly until = input<number | null>(null);
  readonly playFrom = output<number>();

  readonly #clock = inject(Clock);
  readonly #looking = signal<string | undefined>(undefined);

  protected readonly timeline = computed(() => {
    const recording = this.recording();
    return layoutTimeline(recording, recording.endedAt === null ? (this.until() ?? this.#clock.now()) : 0);
  });
  protected readonly looked = computed(() => this.timeline()?.spans.find(({ key }) => key === this.#looking()));
  protected readonly head = computed(() => {
    const timeline = this.timeline();
    const position = this.position();
    if (!timeline || !position) return null;
    const moment = position.moment?.getTime() ?? instantAt(this.recording(), position.seconds);
    if (moment === null || moment < timeline.from || moment > timeline.to) return null;
    return ((moment - timeline.from) / (timeline.to - timeline.from)) * 100;
  });
  protected readonly hint = computed(() => {
    const { gaps, ads = [], stalls = [] } = this.recording();
    const said = [counted(gaps.length, 'gap'), counted(ads.length, 'ad break'), counted(stalls.length, 'stall')].filter(
      (words) => words !== undefined,
    );
    return said.length === 0 ? 'No gaps.' : `${said.join(', ')}: point at one to see its cause.`;
  });

  protected look({ key }: Span): void {
    this.#looking.set(key);
  }

  protected lookAway({ key }: Span): void {
    if (this.#looking() === key) this.#looking.set(undefined);
  }

  protected press(span: Span): void {
    this.#looking.set(span.key);
    if (this.playable() && span.mediaStart !== null) this.playFrom.emit(span.mediaStart);
  }
}

const counted = (count: number, what: string): string | undefined =>
  count === 0 ? undefined : `${count} ${what}${count === 1 ? '' : 's'}`;
