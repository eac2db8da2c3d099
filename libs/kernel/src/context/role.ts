/** What a process does. All of them where `ROLES` says nothing. */
export const roles = ['api', 'recorder', 'projector', 'scheduler'] as const;
export type Role = (typeof roles)[number];
