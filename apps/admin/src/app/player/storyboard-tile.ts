import { Component, computed, input, linkedSignal } from '@angular/core';
import type { Tile } from './storyboard';

const usualColumns = 10;

/** One picture of a storyboard, as wide as its container. */
@Component({
  selector: 'sv-storyboard-tile',
  template: `<img
    #sprite
    [src]="tile().url"
    alt=""
    [style.width.%]="width()"
    [style.translate]="shift()"
    (load)="measure(sprite)"
  />`,
  host: { '[style.aspect-ratio]': 'tile().width + "/" + tile().height' },
  styles: `
    :host {
      display: block;
      overflow: hidden;
      container-type: inline-size;
      background: #000;
    }
    img {
      display: block;
      max-width: none;
    }
  `,
})
export class StoryboardTile {
  readonly tile = input.required<Tile>();
  /** A sprite of a video holds ten pictures beside each other; while it is recorded, each is a file of its own. */
  protected readonly columns = linkedSignal({ source: () => this.tile().url, computation: () => usualColumns });
  protected readonly width = computed(() => this.columns() * 100);
  /** In shares of the sprite. Its width is known; its height depends on the number of rows. */
  protected readonly shift = computed(() => {
    const { x, y, width } = this.tile();
    const whole = width * this.columns();
    return `${(-x / whole) * 100}% calc(${-y / width} * 100cqw)`;
  });

  protected measure({ naturalWidth }: HTMLImageElement): void {
    if (naturalWidth > 0) this.columns.set(Math.max(1, Math.round(naturalWidth / this.tile().width)));
  }
}
