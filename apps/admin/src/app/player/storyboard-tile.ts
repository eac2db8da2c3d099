import { Component, computed, input } from '@angular/core';
import type { Tile } from './storyboard';

/** One picture of a storyboard, as wide as its place. */
@Component({
  selector: 'sv-storyboard-tile',
  template: `<img [src]="tile().url" alt="" [style.width.%]="width()" [style.translate]="shift()" />`,
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
  /** A sprite holds ten pictures beside each other. */
  readonly columns = input(10);
  protected readonly width = computed(() => this.columns() * 100);
  /** In shares of the sprite, whose width is known; its height depends on how many rows it has. */
  protected readonly shift = computed(() => {
    const { x, y, width } = this.tile();
    const whole = width * this.columns();
    return `${(-x / whole) * 100}% calc(${-y / width} * 100cqw)`;
  });
}
