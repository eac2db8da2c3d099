import { defineContext } from '@streamvault/kernel';

export const cleanupContext = defineContext({ name: 'cleanup' });
