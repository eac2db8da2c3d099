import { defineContext } from '@streamvault/kernel';

export const jobsContext = defineContext({ name: 'jobs' });
