export { Heartbeat, watchHeartbeat, type HeartbeatWatch, type HeartbeatWatcher } from './heartbeat.js';
export { beginWithYoungGeneration, keepYoungGenerationsSmall } from './young-generation.js';
