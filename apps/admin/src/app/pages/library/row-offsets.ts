import {
  type CdkVirtualScrollViewport,
  VIRTUAL_SCROLL_STRATEGY,
  type VirtualScrollStrategy,
} from '@angular/cdk/scrolling';
import { Directive, type OnChanges, input } from '@angular/core';
import { Subject, distinctUntilChanged } from 'rxjs';

/** This many rows are drawn beyond both edges, so that scrolling finds them. */
const rowsBeyond = 2;

/** Draws the visible rows. The height of each row is known in advance; a row with which a day begins is higher. */
@Directive({
  selector: 'cdk-virtual-scroll-viewport[svRowOffsets]',
  providers: [{ provide: VIRTUAL_SCROLL_STRATEGY, useExisting: RowOffsets }],
})
export class RowOffsets implements VirtualScrollStrategy, OnChanges {
  /** The offset of each row, and after the last one the end of all. In pixels. */
  readonly svRowOffsets = input.required<readonly number[]>();
  readonly #firstSeen = new Subject<number>();
  readonly scrolledIndexChange = this.#firstSeen.pipe(distinctUntilChanged());
  #viewport: CdkVirtualScrollViewport | undefined;

  ngOnChanges(): void {
    this.onDataLengthChanged();
  }
  attach(viewport: CdkVirtualScrollViewport): void {
    this.#viewport = viewport;
    this.onDataLengthChanged();
  }
  detach(): void {
    this.#firstSeen.complete();
    this.#viewport = undefined;
  }
  onDataLengthChanged(): void {
    this.#viewport?.setTotalContentSize(this.svRowOffsets().at(-1) ?? 0);
    this.#draw();
  }
  onContentScrolled(): void {
    this.#draw();
  }
  onContentRendered(): void {
    // Nothing is measured.
  }
  onRenderedOffsetChanged(): void {
    // Only set here.
  }
  scrollToIndex(index: number, behavior: ScrollBehavior): void {
    this.#viewport?.scrollToOffset(this.svRowOffsets()[index] ?? 0, behavior);
  }

  #draw(): void {
    const viewport = this.#viewport;
    if (!viewport) return;
    const offsets = this.svRowOffsets();
    // Rows and offsets come one after the other.
    const rows = Math.min(viewport.getDataLength(), offsets.length - 1);
    const top = viewport.measureScrollOffset();
    const first = rowAt(offsets, top);
    const start = Math.max(0, Math.min(first - rowsBeyond, rows - 1));
    const end = Math.min(rows, rowAt(offsets, top + viewport.getViewportSize()) + 1 + rowsBeyond);
    viewport.setRenderedRange({ start, end: Math.max(start, end) });
    viewport.setRenderedContentOffset(offsets[start] ?? 0);
    this.#firstSeen.next(first);
  }
}

/** The last row that begins there or before. */
export function rowAt(offsets: readonly number[], at: number): number {
  let [low, high] = [0, Math.max(0, offsets.length - 2)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((offsets[middle] ?? Infinity) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
