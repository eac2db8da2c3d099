import type { IconName } from '../ui/icon';

export interface Place {
  readonly path: string;
  readonly label: string;
  readonly icon: IconName;
  /** Paths of pages that belong to it but do not begin with its own. */
  readonly around?: readonly string[];
  /** On small screens it is under "More". */
  readonly isUnderMore?: boolean;
  /** Shown only on small screens. */
  readonly isMore?: boolean;
}

/** The places of the console in the order of the navigation. */
export const places: readonly Place[] = [
  { path: '/now', label: 'Now', icon: 'live' },
  { path: '/library', label: 'Library', icon: 'videos', around: ['/recordings', '/videos'] },
  { path: '/streamers', label: 'Streamers', icon: 'streamers' },
  { path: '/activity', label: 'Activity', icon: 'step' },
  { path: '/storage', label: 'Storage', icon: 'disk', isUnderMore: true },
  { path: '/settings', label: 'Settings', icon: 'settings', isUnderMore: true },
  { path: '/audit', label: 'Audit', icon: 'audit', isUnderMore: true },
  { path: '/more', label: 'More', icon: 'more', around: ['/storage', '/settings', '/audit'], isMore: true },
];

const isBelow = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);

/** A page for users without an account, or before they sign in. */
export const standsAlone = (path: string): boolean =>
  ['/setup', '/sign-in', '/s'].some((alone) => isBelow(path, alone));

/** The place that a page belongs to; undefined if there is none. */
export function placeOf(path: string): string | undefined {
  const own = places.find((place) => isBelow(path, place.path));
  return (own ?? places.find(({ around = [] }) => around.some((other) => isBelow(path, other))))?.path;
}
