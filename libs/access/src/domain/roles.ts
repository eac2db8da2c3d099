import type { Role } from '@streamvault/api-contract';

/** What a viewer may do, by names of permissions that contexts declare. */
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

/** What an operator may do besides. */
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
 * Which role may do what. A permission that no line here names is an administrator's: what was forgotten is denied and not
 * given away.
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
