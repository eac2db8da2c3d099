import { Component, type ElementRef, computed, inject, input, output, signal, viewChild } from '@angular/core';
import { Clock } from '../ui/clock';
import type { PlayerPosition } from '../player/player';
import { type Span, type TimelineSource, instantAt, layoutTimeline, mediaAt } from './timeline-layout';

const names = { part: 'Captured', gap: 'Gap', ad: 'Advertising', stall: 'No bytes' } as const;
const kinds = ['part', 'gap', 'ad', 'stall'] as const;

/**
 * The broadcast as it was captured, to scale: parts, gaps, advertising, stalls. Hover or focus shows what a span is and
 * why; a part can be played. For the keyboard it is one stop; arrows, Home and End go from span to span.
 */
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
  readonly #stoodAt = signal<string | undefined>(undefined);
  protected readonly track = viewChild<ElementRef<HTMLElement>>('track');

  protected readonly timeline = computed(() => {
    const recording = this.recording();
    return layoutTimeline(recording, recording.endedAt === null ? (this.until() ?? this.#clock.now()) : 0);
  });
  protected readonly looked = computed(() => this.timeline()?.spans.find(({ key }) => key === this.#looking()));
  /** Where the keyboard enters; the first one if that no longer exists. */
  protected readonly standing = computed(() => {
    const spans = this.timeline()?.spans ?? [];
    return (spans.find(({ key }) => key === this.#stoodAt()) ?? spans[0])?.key;
  });
  protected readonly kinds = computed(() => {
    const present = new Set(this.timeline()?.spans.map(({ kind }) => kind));
    return kinds.filter((kind) => present.has(kind)).map((kind) => ({ kind, name: names[kind] }));
  });
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
    if (said.length === 0) return 'No gaps.';
    const which = gaps.length + ads.length + stalls.length === 1 ? 'it' : 'one';
    return `${said.join(', ')}: point at ${which} to see why.`;
  });

  protected look({ key }: Span): void {
    this.#looking.set(key);
  }

  protected lookAway({ key }: Span): void {
    if (this.#looking() === key) this.#looking.set(undefined);
  }

  protected focus(span: Span): void {
    this.#stoodAt.set(span.key);
    this.look(span);
  }

  protected move(event: KeyboardEvent): void {
    const spans = this.timeline()?.spans ?? [];
    const here = spans.findIndex(({ key }) => key === this.standing());
    const target = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: spans.length - 1 }[event.key];
    if (target === undefined || !spans[target]) return;
    event.preventDefault();
    this.track()?.nativeElement.querySelectorAll('button')[target]?.focus();
  }

  protected labelOf(span: Span): string {
    const said = [span.title, span.detail].map((words) => words.replace(/\.+$/, '')).filter((words) => words !== '');
    return [...said, ...(span.mediaStart !== null && this.playable() ? ['Play from here'] : [])].join('. ');
  }

  /** A click means the instant under the pointer; the keyboard, which has none, the start of the span. */
  protected press(span: Span, { detail: clicks, offsetX, currentTarget }: MouseEvent): void {
    this.#looking.set(span.key);
    this.#stoodAt.set(span.key);
    const line = this.timeline();
    if (!this.playable() || span.mediaStart === null || !line) return;
    const width = currentTarget instanceof HTMLElement ? currentTarget.offsetWidth : 0;
    const share = clicks > 0 && width > 0 ? Math.min(1, Math.max(0, offsetX / width)) : 0;
    // Media time does not run with the clock: between two places of a span there may be a gap.
    const instant = line.from + ((span.left + share * span.width) / 100) * (line.to - line.from);
    this.playFrom.emit(share === 0 ? span.mediaStart : (mediaAt(this.recording(), instant) ?? span.mediaStart));
  }
}

const counted = (count: number, what: string): string | undefined =>
  count === 0 ? undefined : `${count} ${what}${count === 1 ? '' : 's'}`;
