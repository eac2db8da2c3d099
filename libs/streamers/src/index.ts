export { streamersContext } from './streamers.context.js';
export { AddStreamer } from './commands/add-streamer/add-streamer.command.js';
export { ChangeStreamer } from './commands/change-streamer/change-streamer.command.js';
export type { StreamerOutcome } from './commands/outcome.js';
export { RemoveStreamer } from './commands/remove-streamer/remove-streamer.command.js';
export { ChangeStreamerDefaults } from './commands/change-defaults/change-defaults.command.js';
export {
  builtInChoices,
  choiceNames,
  type ChoiceName,
  type RecordingChoices,
  type StreamerChoices,
} from './domain/choices.js';
export { foldStreamer } from './domain/streamer-decider.js';
export { demoUrl, sourceFrom } from './domain/source-url.js';
export { StreamerAlreadyAdded, StreamerNotFound, UnknownProxy } from './domain/streamer-errors.js';
export { streamerCategory, streamerEvents } from './domain/streamer-events.js';
export {
  LIVE_STATES,
  NAME_TEMPLATES,
  type NameTemplates,
  type LiveState,
  type LiveStates,
  PROXY_NAMES,
  type ProxyNames,
  RECORDING_ACTIVITY,
  type RecordingActivity,
} from './ports.js';
export { FindStreamerByUrl, GetStreamer, ListStreamers } from './queries/streamer-queries.js';
export { ListStreamersHandler } from './queries/streamer-query.handlers.js';
export { streamerListProjection } from './read-models/streamer-list.projection.js';
export { StreamerRow } from './read-models/streamer-row.entity.js';
export { type EffectiveStreamer, StreamerStreams } from './streamer-streams.js';
