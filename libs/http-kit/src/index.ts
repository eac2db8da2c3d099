export { CommandDoor, type Done } from './command-door.js';
export { addLane } from './serving/lane-hook.js';
export { publishOpenApi } from './publish-openapi.js';
export { requireJson } from './require-json.js';
export { RouteTable } from './route-table.js';
export { SystemController } from './system.controller.js';
export { FastLane, type LaneRules } from './serving/fast-lane.js';
export type { OpenLimit } from './serving/open-limits.js';
export { FileNotThere, type FileAnswer, requireFile, sendFile } from './file-answer.js';
export { Answers } from './documentation.js';
export {
  BadCursor,
  decodeCursor,
  encodeCursor,
  idFromCursor,
  PartFilePipe,
  PublicIdPipe,
  validation,
} from './input.js';
export { ALL_ROUTES_NEED, Needs, type RouteNeeds, type RoutePermission } from './needs.js';
export { nobody, type Principal, principalOf, setPrincipal, type SharedItem, visibleStreamers } from './principal.js';
export { signed, signPlaylist, withoutSecrets } from './signed-addresses.js';
export { ClientErrors } from './client-error.js';
export { isLoopback, OurHosts } from './our-hosts.js';
export { ProblemFilter } from './problem.filter.js';
export { InvalidInput, problem, problemOf } from './problem.js';
export { correlationIdOf, correlationIdOfMessage, metadataOf } from './request-metadata.js';
