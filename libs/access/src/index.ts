import { defineContext } from '@streamvault/kernel';

export const accessContext = defineContext({ name: 'access' });
