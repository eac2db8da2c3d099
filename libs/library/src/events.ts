export * from './domain/video-events.js';
