export { Heartbeat, watchHeartbeat, type HeartbeatWatch, type HeartbeatWatcher } from './heartbeat.js';
export { OwnedThread, threadOwner, type ThreadOptions } from './owned-thread.js';
export { beginWithYoungGeneration, keepYoungGenerationsSmall } from './young-generation.js';
