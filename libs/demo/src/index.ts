export { demoContext } from './demo.context.js';
