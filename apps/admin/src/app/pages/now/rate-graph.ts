import { Component, computed, input } from '@angular/core';

const width = 240;
const height = 40;

/**
 * An SVG line of the rates, newest at the right edge; `capacity` of them fill the width. The scale begins at zero, so
 * that a small change looks small.
 */
export function rateLine(rates: readonly number[], capacity: number): string {
  if (rates.length < 2) return '';
  const top = Math.max(...rates, 1) * 1.15;
  const stepWidth = width / (capacity - 1);
  const first = width - (rates.length - 1) * stepWidth;
  const points = rates.map((rate, index) => {
    const x = first + index * stepWidth;
    return `${x.toFixed(1)},${(height - (rate / top) * height).toFixed(1)}`;
  });
  return `M${points.join(' L')}`;
}

/** Decoration beside the rate in figures. */
@Component({
  selector: 'sv-rate-graph',
  template: `<svg [attr.viewBox]="box" preserveAspectRatio="none" aria-hidden="true">
    <path class="area" [attr.d]="area()" />
    <path [attr.d]="line()" />
  </svg>`,
  styles: `
    :host {
      display: block;
      height: 44px;
    }
    svg {
      width: 100%;
      height: 100%;
    }
    path {
      fill: none;
      stroke: var(--sv-rec);
      stroke-width: 1.5;
      vector-effect: non-scaling-stroke;
      stroke-linejoin: round;
    }
    .area {
      fill: color-mix(in srgb, var(--sv-rec) 14%, transparent);
      stroke: none;
    }
  `,
})
export class RateGraph {
  readonly rates = input.required<readonly number[]>();
  protected readonly box = `0 -1 ${width} ${height + 1}`;
  protected readonly line = computed(() => rateLine(this.rates(), Math.max(30, this.rates().length)));
  protected readonly area = computed(() => {
    const line = this.line();
    const [start] = line.slice(1).split(',');
    return line === '' ? '' : `${line} L${width},${height} L${start},${height} Z`;
  });
}
