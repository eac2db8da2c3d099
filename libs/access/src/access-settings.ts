import { defineSettings, type SettingsOf } from '@streamvault/kernel';
import { z } from 'zod';

export const accessSettings = defineSettings('access', {
  ADMIN_NAME: {
    schema: z.string().trim().min(1).max(64).default('admin'),
    meaning: 'name of the first administrator, where there is none yet',
    shownDefault: '`admin`',
  },
  ADMIN_PASSWORD: {
    schema: z.string().min(8, 'must have at least 8 characters').optional(),
    meaning: 'password of the first administrator: without it, the console asks for one',
    shownDefault: 'none',
    secret: true,
  },
});

export type AccessSettings = SettingsOf<typeof accessSettings>;
