import { type WritableSignal, effect, signal } from '@angular/core';

/** A switch that this browser remembers if storage is allowed. Call it in an injection context. */
export function keptChoice(name: string, initially: boolean): WritableSignal<boolean> {
  const key = `streamvault.${name}`;
  const choice = signal(remembered(key) ?? initially);
  effect(() => keep(key, choice()));
  return choice;
}

function remembered(key: string): boolean | undefined {
  try {
    const kept = localStorage.getItem(key);
    return kept === null ? undefined : kept === 'true';
  } catch {
    // Storage is forbidden (a private window): nothing was remembered.
    return undefined;
  }
}

function keep(key: string, choice: boolean): void {
  try {
    localStorage.setItem(key, String(choice));
  } catch {
    // Storage is forbidden or full: the choice applies to this visit only.
  }
}
