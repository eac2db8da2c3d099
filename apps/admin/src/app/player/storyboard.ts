import { HttpClient } from '@angular/common/http';
import { Service, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

/** A small picture of the video, which is a part of a larger one. */
export interface Tile {
  readonly from: number;
  readonly to: number;
  readonly url: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const secondsOfTime = (time: string): number => time.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);

/** WebVTT whose cues are addresses with `#xywh` (Media Fragments URI 1.0), relative to the text's own. */
export function parseStoryboard(text: string, address: string): Tile[] {
  const cues = text.matchAll(/([\d:.]+) --> ([\d:.]+)[^\n]*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g);
  return [...cues].map(([, from = '', to = '', path = '', x, y, width, height]) => ({
    from: secondsOfTime(from),
    to: secondsOfTime(to),
    url: new URL(path, new URL(address, document.baseURI)).href,
    x: Number(x),
    y: Number(y),
    width: Number(width),
    height: Number(height),
  }));
}

export const tileAt = (tiles: readonly Tile[], seconds: number): Tile | undefined =>
  tiles.findLast(({ from }) => from <= seconds);

const mostKept = 60;

/** Fetches storyboards when they are first shown, and keeps the latest ones. */
@Service()
export class Storyboards {
  readonly #http = inject(HttpClient);
  readonly #kept = new Map<string, Promise<readonly Tile[]>>();

  /** No tiles where there is no storyboard. `again`: it has grown since. */
  of(address: string, { again = false } = {}): Promise<readonly Tile[]> {
    const kept = again ? undefined : this.#kept.get(address);
    this.#kept.delete(address);
    const asked = kept ?? this.#fetch(address);
    this.#kept.set(address, asked);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    return asked;
  }

  async #fetch(address: string): Promise<readonly Tile[]> {
    try {
      return parseStoryboard(await firstValueFrom(this.#http.get(address, { responseType: 'text' })), address);
    } catch {
      // There is none (yet), or the server is unavailable. The video works without it, and the next time it is fetched
      // again.
      this.#kept.delete(address);
      return [];
    }
  }
}
