/** What a process does. All of them if `ROLES` is not set. */
export const roles = ['api', 'recorder', 'projector', 'scheduler'] as const;
export type Role = (typeof roles)[number];
