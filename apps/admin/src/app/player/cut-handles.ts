import { Component, type ElementRef, computed, input, output, viewChild } from '@angular/core';
import { spokenDuration } from '../ui/formats';
import { type CutRange, withFrom, withTo } from './cut-range';

type Side = 'from' | 'to';

const steps: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowDown: -1,
  ArrowRight: 1,
  ArrowUp: 1,
  PageDown: -10,
  PageUp: 10,
  Home: -Infinity,
  End: Infinity,
};
/** With Shift. */
const fineShare = 0.1;

/** Both ends of a piece on the line of the player, to be dragged or moved by key. */
@Component({
  selector: 'sv-cut-handles',
  template: `
    <div #line class="line">
      <span class="piece" aria-hidden="true" [style.left.%]="left()" [style.width.%]="width()"></span>
      @for (handle of handles(); track handle.side) {
        <button
          type="button"
          role="slider"
          class="handle"
          aria-valuemin="0"
          [attr.data-side]="handle.side"
          [attr.aria-label]="handle.label"
          [attr.aria-valuemax]="end()"
          [attr.aria-valuenow]="handle.at"
          [attr.aria-valuetext]="handle.spoken"
          [style.left.%]="handle.left"
          (pointerdown)="grab($event)"
          (pointermove)="drag($event, handle.side)"
          (pointerup)="drop($event, handle.at)"
          (keydown)="press($event, handle.side, handle.at)"
        ></button>
      }
    </div>
  `,
  styleUrl: './cut-handles.scss',
})
export class CutHandles {
  readonly range = input.required<CutRange>();
  readonly end = input.required<number>();
  readonly rangeChange = output<CutRange>();
  /** Where it was let go: the picture there is worth seeing. */
  readonly look = output<number>();

  protected readonly line = viewChild.required<ElementRef<HTMLElement>>('line');
  protected readonly left = computed(() => this.#percent(this.range().from));
  protected readonly width = computed(() => this.#percent(this.range().to) - this.left());
  protected readonly handles = computed(() => {
    const { from, to } = this.range();
    return [
      {
        side: 'from' as const,
        label: 'The piece begins',
        at: from,
        left: this.#percent(from),
        spoken: spokenDuration(from),
      },
      { side: 'to' as const, label: 'The piece ends', at: to, left: this.#percent(to), spoken: spokenDuration(to) },
    ];
  });

  protected grab(event: PointerEvent): void {
    if (event.button !== 0 || !(event.currentTarget instanceof HTMLElement)) return;
    event.currentTarget.setPointerCapture(event.pointerId);
  }

  protected drag({ clientX, currentTarget, pointerId }: PointerEvent, side: Side): void {
    if (!(currentTarget instanceof HTMLElement) || !currentTarget.hasPointerCapture(pointerId)) return;
    const { left, width } = this.line().nativeElement.getBoundingClientRect();
    if (width > 0) this.#move(side, ((clientX - left) / width) * this.end());
  }

  protected drop({ currentTarget, pointerId }: PointerEvent, at: number): void {
    if (!(currentTarget instanceof HTMLElement) || !currentTarget.hasPointerCapture(pointerId)) return;
    currentTarget.releasePointerCapture(pointerId);
    this.look.emit(at);
  }

  protected press(event: KeyboardEvent, side: Side, at: number): void {
    const step = Object.hasOwn(steps, event.key) ? steps[event.key] : undefined;
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.look.emit(this.#move(side, at + step * (event.shiftKey ? fineShare : 1)));
  }

  /** Answers where that end is then. */
  #move(side: Side, at: number): number {
    const move = side === 'from' ? withFrom : withTo;
    const range = move(this.range(), at, this.end());
    this.rangeChange.emit(range);
    return range[side];
  }

  #percent(seconds: number): number {
    return this.end() > 0 ? Math.min(100, (seconds / this.end()) * 100) : 0;
  }
}
