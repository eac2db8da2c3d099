import type { AuditEvents, LoggedEvent } from '@streamvault/api-contract';

/** The newest part of the log that a person looks at. Both lists are newest first. */
export interface EventList {
  readonly shown: readonly LoggedEvent[];
  /** Recorded since, and held back while somebody reads further down. */
  readonly held: readonly LoggedEvent[];
  /** More was recorded than one answer holds: beginning again shows it, continuing would take for ever. */
  readonly isLeftBehind: boolean;
  /** Where the older ones go on; null where there are none. */
  readonly older: string | null;
}

/** A page left open over night does not keep the whole night. */
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

/** `page` is oldest first, as one goes on from a position. */
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

/** Position of the newest event that is known. */
export const newestPosition = ({ shown, held }: EventList): string | undefined => (held[0] ?? shown[0])?.position;
