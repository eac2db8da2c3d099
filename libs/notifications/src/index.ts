import { defineContext } from '@streamvault/kernel';

export const notificationsContext = defineContext({ name: 'notifications' });
