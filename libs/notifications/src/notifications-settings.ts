import { defineSettings, type SettingsOf } from '@streamvault/kernel';
import { z } from 'zod';

export const notificationsSettings = defineSettings('notifications', {
  NOTIFY_PRIVATE_TARGETS: {
    schema: z
      .enum(['true', 'false'], { error: 'must be true or false' })
      .transform((text) => text === 'true')
      .default(false),
    meaning:
      'whether notices may go to addresses in private networks (a Gotify or ntfy at home); link-local and metadata addresses never',
    shownDefault: '`false`',
  },
});
export type NotificationsSettings = SettingsOf<typeof notificationsSettings>;
