export { Heartbeat, watchHeartbeat, type HeartbeatWatch, type HeartbeatWatcher } from './heartbeat.js';
