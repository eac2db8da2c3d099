import { keepYoungGenerationsSmall } from './runtime/young-generation.js';

// Before anything else is even loaded.
keepYoungGenerationsSmall();
await import('./start.js');
