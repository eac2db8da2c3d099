import { Service } from '@angular/core';

interface Remembered {
  readonly volume?: number;
  readonly muted?: boolean;
  readonly speed?: number;
}
const settingsKey = 'streamvault.player';
const positionsKey = 'streamvault.positions';
/** Of the videos watched last; older ones are forgotten. */
const mostPositions = 200;
/** A position this near to the start or the end is not worth keeping. */
const edgeSeconds = 15;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** How loud, how fast, and where one was: remembered by this browser. */
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

  /** Where this one was left, undefined where it was not, or nearly at its start or end. */
  position(name: string): number | undefined {
    const seconds = this.#positions().find(([other]) => other === name)?.[1];
    return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
  }

  keepPosition(name: string, seconds: number, end: number): void {
    const others = this.#positions().filter(([other]) => other !== name);
    const isAtEdge = seconds < edgeSeconds || seconds > end - edgeSeconds;
    write(positionsKey, isAtEdge ? others : [...others, [name, Math.floor(seconds)]].slice(-mostPositions));
  }

  #positions(): [string, number][] {
    const kept = read(positionsKey);
    return Array.isArray(kept) ? kept.filter((entry): entry is [string, number] => Array.isArray(entry)) : [];
  }
}

function read(key: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    // Storage is forbidden (a private window) or holds something else: nothing is remembered.
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
