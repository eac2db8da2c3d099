export { cleanupContext } from './cleanup.context.js';
