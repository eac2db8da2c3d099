import type { Role } from '@streamvault/api-contract';

/** The permissions of a viewer, as contexts declare them. */
const viewer: readonly string[] = [
  'streamers.view',
  'recordings.view',
  'videos.view',
  'videos.watch',
  'live.view',
  'queue.view',
  'jobs.view',
  'broadcasts.read',
  'preflight.view',
];

/** The additional permissions of an operator. */
const operator: readonly string[] = [
  'streamers.change',
  'recordings.control',
  'videos.change',
  'videos.delete',
  'videos.download',
  'shares.change',
  'audit.view',
  'cleanup.view',
  'cleanup.run',
  'jobs.control',
  'rules.read',
  'rules.change',
  'settings.read',
  'notifications.read',
  'preflight.view',
  'videos.import',
  'settings.read',
  'notifications.read',
];

/**
 * Which role has which permission. A permission that is not listed here belongs to administrators: what was forgotten
 * is denied.
 */
export function allows(held: Role, permission: string): boolean {
  switch (held) {
    case 'administrator':
      return true;
    case 'operator':
      return viewer.includes(permission) || operator.includes(permission);
    case 'viewer':
      return viewer.includes(permission);
    default:
      return held satisfies never;
  }
}
