import type { AuditEvents, LoggedEvent } from '@streamvault/api-contract';

/** The part of the log that is shown. Both lists are newest first. */
export interface EventList {
  readonly shown: readonly LoggedEvent[];
  /** Recorded since then, and held back while the user reads further down. */
  readonly held: readonly LoggedEvent[];
  /** More was recorded than fits into one answer. Beginning again shows it; continuing would take too long. */
  readonly isLeftBehind: boolean;
  /** Where the older ones continue; null if there are none. */
  readonly older: string | null;
}

/** A page that stays open for a night does not keep all of its events. */
export const mostShown = 1000;
const mostHeld = 500;

export const firstPage = ({ items, nextCursor }: AuditEvents): EventList => ({
  shown: items,
  held: [],
  isLeftBehind: false,
  older: nextCursor,
});

export const withOlder = (list: EventList, { items, nextCursor }: AuditEvents): EventList => ({
  ...list,
  shown: [...list.shown, ...items],
  older: nextCursor,
});

/** `page` is oldest first, because it continues from a position. */
export function withNewer(list: EventList, { items, nextCursor }: AuditEvents): EventList {
  const held = [...items.toReversed(), ...list.held];
  return { ...list, held, isLeftBehind: list.isLeftBehind || nextCursor !== null || held.length > mostHeld };
}

export function showHeld(list: EventList): EventList {
  const shown = [...list.held, ...list.shown];
  const kept = shown.slice(0, mostShown);
  const older = kept.length < shown.length ? (kept.at(-1)?.position ?? null) : list.older;
  return { ...list, shown: kept, held: [], older };
}

/** Position of the newest known event. */
export const newestPosition = ({ shown, held }: EventList): string | undefined => (held[0] ?? shown[0])?.position;
