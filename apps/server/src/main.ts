import { keepYoungGenerationsSmall } from '@streamvault/threads';

// Before anything else is even loaded.
keepYoungGenerationsSmall();
await import('./start.js');
