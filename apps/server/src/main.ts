import { keepYoungGenerationsSmall } from '@streamvault/threads';

// Before anything else is loaded.
keepYoungGenerationsSmall();
await import('./start.js');
