import { Service } from '@angular/core';

interface Remembered {
  readonly volume?: number;
  readonly muted?: boolean;
  readonly speed?: number;
}
const settingsKey = 'streamvault.player';
const positionsKey = 'streamvault.positions';
/** For the videos that were watched last; older ones are dropped. */
const mostPositions = 200;
/** A position this near to the start or the end is not worth keeping; of a short video less. */
const edgeSeconds = 15;
export const edgeOf = (end: number): number => Math.min(edgeSeconds, end * 0.05);
const isAtEdge = (seconds: number, end: number): boolean => seconds < edgeOf(end) || seconds > end - edgeOf(end);

/** `at` is missing where an earlier version of the console wrote it. */
type Kept = [name: string, seconds: number, at?: number];

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Volume, speed and positions, remembered by this browser. */
@Service()
export class PlayerMemory {
  settings(): Remembered {
    const kept = read(settingsKey);
    if (!isRecord(kept)) return {};
    const { volume, muted, speed } = kept;
    return {
      ...(typeof volume === 'number' && volume >= 0 && volume <= 1 && { volume }),
      ...(typeof muted === 'boolean' && { muted }),
      ...(typeof speed === 'number' && speed >= 0.25 && speed <= 3 && { speed }),
    };
  }

  keepSettings(settings: Remembered): void {
    write(settingsKey, settings);
  }

  /** Where this one was left and when (ms), undefined where it was not, or nearly at its start or end. */
  left(name: string): { readonly seconds: number; readonly at: number } | undefined {
    const [, seconds, at] = this.#positions().find(([other]) => other === name) ?? [];
    if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds <= 0) return undefined;
    return { seconds, at: typeof at === 'number' ? at : 0 };
  }

  position(name: string): number | undefined {
    return this.left(name)?.seconds;
  }

  keepPosition(name: string, seconds: number, end: number): void {
    const others = this.#positions().filter(([other]) => other !== name);
    const here: Kept = [name, Math.floor(seconds), Date.now()];
    write(positionsKey, isAtEdge(seconds, end) ? others : [...others, here].slice(-mostPositions));
  }

  #positions(): Kept[] {
    const kept = read(positionsKey);
    return Array.isArray(kept) ? kept.filter((entry): entry is Kept => Array.isArray(entry)) : [];
  }
}

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    // Storage is forbidden (a private window) or contains something else: nothing is remembered.
    return null;
  }
}

function write(key: string, value: unknown): void {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is forbidden or full: the choice applies to this visit only.
  }
}
