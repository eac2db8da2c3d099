import { defineContext } from '@streamvault/kernel';

export const automationContext = defineContext({ name: 'automation' });
