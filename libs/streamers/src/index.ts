export { AddStreamer } from './commands/add-streamer/add-streamer.command.js';
export { AddStreamerHandler } from './commands/add-streamer/add-streamer.handler.js';
export { ChangeStreamer } from './commands/change-streamer/change-streamer.command.js';
export { ChangeStreamerHandler } from './commands/change-streamer/change-streamer.handler.js';
export type { StreamerOutcome } from './commands/outcome.js';
export { RemoveStreamer } from './commands/remove-streamer/remove-streamer.command.js';
export { RemoveStreamerHandler } from './commands/remove-streamer/remove-streamer.handler.js';
export { foldStreamer } from './domain/streamer-decider.js';
export { demoUrl } from './domain/source-url.js';
export { StreamerAlreadyAdded, StreamerNotFound, UnknownProxy } from './domain/streamer-errors.js';
export { streamerCategory, streamerEvents } from './domain/streamer-events.js';
export { PROXY_NAMES, RECORDING_ACTIVITY, type ProxyNames, type RecordingActivity } from './ports.js';
export { FindStreamerByUrl, GetStreamer, ListStreamers } from './queries/streamer-queries.js';
export {
  FindStreamerByUrlHandler,
  GetStreamerHandler,
  ListStreamersHandler,
} from './queries/streamer-query.handlers.js';
export { streamerListProjection } from './read-models/streamer-list.projection.js';
export { StreamerRow } from './read-models/streamer-row.entity.js';
export { StreamerStreams } from './streamer-streams.js';
